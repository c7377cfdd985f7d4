import { describe, expect, it } from 'vitest';
import { stepOfField } from './steps.ts';

describe('stepOfField', () => {
  it.each([
    ['data.columns.x.role', 'data'],
    ['configuration.network.hidden', 'network'],
    ['constraint.method.settings.alpha', 'constraint'],
    ['training.loss', 'train'],
    [undefined, 'train'],
  ])('%s belongs to %s', (field, step) => {
    expect(stepOfField(field)).toBe(step);
  });
});
