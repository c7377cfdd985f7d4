import { describe, expect, it } from 'vitest';
import { runConfigurationSchema } from '../../native/contract/configuration.ts';
import { brokenBound, epsilonOf, keepsPositive, lowerBound } from './bounds.ts';

const configured = (epsilon: number | Record<string, number>) =>
  runConfigurationSchema.parse({ data: { source: { kind: 'sample', id: 'x' } }, constraint: { epsilon } });
const target = (name: string, minimum: number) => ({ name, scale: 3.7, minimum, maximum: 100 });

it('of zero or more keep outputs from being negative, below zero they do not', () => {
  const all = [configured(0), configured({ a: 0, b: 2 }), undefined, configured(-3), configured({ a: 0, b: -1 })];
  expect(all.map(keepsPositive)).toEqual([true, true, true, false, false]);
});

describe('a bound that the data break', () => {
  it('is found before training, with the target, both numbers, and a bound that holds for all rows', () => {
    const targets = [target('waste', 0.01), target('yield', -1.54321)];
    const broken = brokenBound(configured(0), targets);
    expect(broken?.message).toMatch(/^In the data, yield goes down to −1\.543, below its bound of 0:/);
    expect(broken?.kept).toBeLessThanOrEqual(-1.54321);
    expect(brokenBound(configured({ waste: 0, yield: broken?.kept ?? 0 }), targets)).toBeUndefined();
    expect(brokenBound(configured(100_000), [target('price', 30)])?.kept).toBe(30);
  });

  it('does not exist if the lowest row is at the bound, also after rounding to the stored type', () => {
    expect(brokenBound(configured(0.1), [target('price', 0.1)])).toBeUndefined();
    expect(brokenBound(configured(0), [])).toBeUndefined();
  });

  it('allows zeros above which a loss for many zeros keeps its predictions, and no negative targets', () => {
    const tweedie = configured(0.5);
    tweedie.training.loss = 'tweedie';
    expect(brokenBound(tweedie, [target('price', 0)])).toBeUndefined();
    expect(brokenBound(tweedie, [target('price', -1)])?.kept).toBe(-1);
    expect(brokenBound(configured(0.5), [target('price', 0)])?.kept).toBe(0);
  });

  it('is lowered for its target alone', () => {
    const targets = [target('waste', 0.01), target('yield', -1.5)];
    const one = configured(0);
    lowerBound(one, targets.slice(1), { name: 'yield', message: '', kept: -1.5 });
    expect(one.constraint.epsilon).toBe(-1.5);
    const two = configured(0.005);
    lowerBound(two, targets, { name: 'yield', message: '', kept: -1.5 });
    expect([epsilonOf(two, 'waste'), epsilonOf(two, 'yield')]).toEqual([0.005, -1.5]);
  });
});
