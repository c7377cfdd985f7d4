import { describe, expect, it } from 'vitest';
import { nextStep } from './nextStep.ts';

describe('what to try after a result', () => {
  it('is nothing if the outputs keep their bound for every input', () => {
    expect(nextStep('by-construction', 'for-every-input')).toBeUndefined();
  });

  it.each([
    ['none', 'none', /choose a method/],
    ['held-out', 'none', /Nothing kept the outputs/],
    ['none', 'encourages', /more epochs.*“For every input”/],
    ['train', 'at-convergence', /^Rows it has not seen may still be below.*“For every input”/],
    ['held-out', 'at-convergence', /^Other inputs may still be below/],
    ['held-out', 'for-every-input', /only if the network fits it/],
  ] as const)('of evidence %s by a method that promises %s suggests a next step', (level, promise, text) => {
    expect(nextStep(level, promise)).toMatch(text);
  });
});
