import { describe, expect, it } from 'vitest';
import { getMethod, parseMethodSettings } from '../../native/constraints/registry.ts';
import { forumAnswers } from './forumAnswers.ts';
import { mentionedMethods } from './methodIds.ts';

describe('methods named in the window', () => {
  it.each(Object.values(mentionedMethods))('%s exists', (id) => {
    expect(getMethod(id).id).toBe(id);
  });

  it.each(forumAnswers.map((answer) => [answer.title, answer.method] as const))(
    'the answer “%s” is a method with settings that it takes',
    (_, { id, settings }) => {
      expect(parseMethodSettings(id, settings)).toMatchObject(settings);
    },
  );
});
