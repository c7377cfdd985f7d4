import { expect, test } from 'vitest';
import { didYouMean, nearestName } from './nearest.ts';

const known = ['alpha', 'schedule', 'augmented-lagrangian', 'none'];

test.each([
  ['alhpa', 'alpha'],
  ['Alpha', 'alpha'],
  ['schedul', 'schedule'],
  ['sched', 'schedule'],
  ['augmentedLagrangian', 'augmented-lagrangian'],
  ['augmented_lagrangien', 'augmented-lagrangian'],
  ['non', 'none'],
  ['temperature', undefined],
  ['x', undefined],
])('who wrote %s meant %s', (name, meant) => {
  expect(nearestName(name, known)).toBe(meant);
});

test('an error message gets the question only if there is an answer', () => {
  expect(didYouMean('alhpa', known)).toBe(' Did you mean "alpha"?');
  expect(didYouMean('temperature', known)).toBe('');
  expect(didYouMean('alpha', [])).toBe('');
});
