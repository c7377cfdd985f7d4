import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distributionOf } from './distribution.ts';
import { evaluatePredictions } from './evaluate.ts';
import { lossOf } from './losses.ts';

const targets = [
  { name: 'a', scale: 2, epsilon: 0 },
  { name: 'b', scale: 10, epsilon: 5 },
];

const squaredError = lossOf({ loss: 'squared-error', tweediePower: 1.5 });
const absolute = lossOf({ loss: 'absolute', tweediePower: 1.5 });

describe('evaluatePredictions', () => {
  it('counts and measures in the targets’ own units', () => {
    // Own units: a is predicted 2, -1, 4 for 2, 1, 6; b is predicted 5, 4, 20 for 10, 5, 20.
    const predictions = Float32Array.of(1, 0.5, -0.5, 0.4, 2, 2);
    const expected = Float32Array.of(1, 1, 0.5, 0.5, 3, 2);
    const { report, violation } = evaluatePredictions(squaredError, targets, predictions, expected);
    expect(report.rows).toBe(3);
    expect(report.loss).toBeCloseTo((0 + 0.25 + 1 + 0.01 + 1 + 0) / 6, 6);
    const [a, b] = report.outputs;
    expect(a).toMatchObject({ name: 'a', negativeShare: 1 / 3, violationShare: 1 / 3, minimum: -1 });
    expect(a?.rmse).toBeCloseTo(Math.sqrt((0 + 4 + 4) / 3), 6);
    expect(a?.mae).toBeCloseTo(4 / 3, 6);
    expect(b).toMatchObject({ name: 'b', negativeShare: 0, violationShare: 1 / 3, minimum: 4 });
    expect(b?.rmse).toBeCloseTo(Math.sqrt((25 + 1) / 3), 5);
    // The standard deviation of a is 2, of b 10: violations of 0.5 and 0.1 deviations, over six numbers.
    expect(violation).toBeCloseTo(0.6 / 6, 7);
  });

  it('takes the value after the float32 multiplication, as the exported graph does', () => {
    // In float64, 0.7 / 3 rounded to float32 times 3 is above 0.7; the float32 product is the float32 below it.
    const scaled = Math.fround(0.7 / 3);
    const product = Math.fround(scaled * 3);
    const { report } = evaluatePredictions(
      absolute,
      [{ name: 'a', scale: 3, epsilon: 0.7 }],
      Float32Array.of(scaled),
      Float32Array.of(1),
    );
    expect(report.outputs[0]?.minimum).toBe(product);
    expect(report.outputs[0]?.violationShare).toBe(product >= 0.7 ? 0 : 1);
  });

  it('does not treat NaN as a positive value', () => {
    const { report } = evaluatePredictions(
      absolute,
      targets.slice(0, 1),
      Float32Array.of(NaN, 1),
      Float32Array.of(1, 1),
    );
    expect(report.outputs[0]?.violationShare).toBe(0.5);
  });
});

describe('distributionOf', () => {
  it('counts every prediction once, and negative ones never together with others', () => {
    const values = fc.array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(values, fc.double({ min: 0.01, max: 100, noNaN: true }), (raw, scale) => {
        const predictions = Float32Array.from(raw);
        const [bins] = distributionOf([{ name: 'a', scale, epsilon: 0 }], predictions);
        const { from, to, counts } = bins!;
        const own = [...predictions].map((value) => Math.fround(value * Math.fround(scale)));
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(raw.length);
        expect(counts.length).toBeLessThanOrEqual(80);
        expect(to).toBeGreaterThan(from);
        const width = (to - from) / counts.length;
        expect(Math.min(...own)).toBeGreaterThanOrEqual(from - width * 1e-6);
        expect(Math.max(...own)).toBeLessThanOrEqual(to + width * 1e-6);
        if (Math.max(...own) < 0) expect(to).toBeLessThanOrEqual(0);
        if (Math.min(...own) < 0 && Math.max(...own) >= 0) {
          const border = Math.round(-from / width);
          const below = counts.slice(0, border).reduce((sum, count) => sum + count, 0);
          expect(below).toBe(own.filter((value) => value < 0).length);
        }
      }),
      {
        numRuns: 500,
        examples: [
          [[-3e-22, -1e-45], 0.85],
          [[-1, 0], 1],
        ],
      },
    );
  });

  it('keeps outputs separate', () => {
    const [a, b] = distributionOf(targets, Float32Array.of(1, -1, 1, 1));
    expect(a).toMatchObject({ name: 'a', counts: [2] });
    expect(b?.counts[0]).toBe(1);
    expect(b?.counts.at(-1)).toBe(1);
  });
});
