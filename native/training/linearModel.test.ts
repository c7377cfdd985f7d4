import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../base/random.ts';
import { fitLinear, predictLinear } from './linearModel.ts';

/** Rows of numbers drawn by a seed, with targets = inputs weights + intercepts + noise. */
function planted(rows: number, weights: readonly (readonly number[])[], intercepts: readonly number[], noise = 0) {
  const random = new Random(7, 'linear');
  const draw = (): number => random.normal();
  const features = weights.length;
  const inputs = Float32Array.from({ length: rows * features }, draw);
  const targets = Float32Array.from({ length: rows * intercepts.length }, (_, at) => {
    const [row, output] = [Math.floor(at / intercepts.length), at % intercepts.length];
    const terms = weights.map((own, i) => own[output]! * inputs[row * features + i]!);
    return intercepts[output]! + noise * draw() + terms.reduce((sum, term) => sum + term, 0);
  });
  return { rows, inputs, targets };
}

const meanSquare = (values: Float64Array): number => values.reduce((sum, value) => sum + value ** 2, 0) / values.length;
const errors = (model: ReturnType<typeof fitLinear>, data: ReturnType<typeof planted>): Float64Array =>
  predictLinear(model, data).map((value, at) => value - data.targets[at]!);

describe('a linear model', () => {
  it('of one input is the closed form: slope = covariance / variance', () => {
    const model = fitLinear({ rows: 4, inputs: Float32Array.of(1, 2, 3, 5), targets: Float32Array.of(2, 3, 5, 6) }, 1);
    // Means 2.75 and 4; sums of products of distances from them 9 and of squares 8.75.
    expect(model.weights[0]).toBeCloseTo(9 / 8.75, 12);
    expect(model.intercepts[0]).toBeCloseTo(4 - (2.75 * 9) / 8.75, 12);
    expect(model.ridges).toEqual([0]);
  });

  it('finds planted coefficients of several outputs, far from zero too', () => {
    const weights = [[0.5, -2], [1, 0], [-0.25, 3]]; // prettier-ignore
    const model = fitLinear(planted(500, weights, [202.6, -40]), 2);
    expect(model.ridges).toEqual([0, 0]);
    weights.flat().forEach((weight, at) => {
      expect(model.weights[at]).toBeCloseTo(weight, 4);
    });
    expect(model.intercepts[0]).toBeCloseTo(202.6, 4);
    expect(model.intercepts[1]).toBeCloseTo(-40, 4);
  });

  it('without a ridge leaves errors that have the mean 0 and no correlation with an input', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: -8, max: 8, noNaN: true }), { minLength: 40, maxLength: 40 }),
        fc.infiniteStream(fc.float({ min: 100, max: 108, noNaN: true })),
        (values, stream) => {
          const rows = 20;
          const targets = Float32Array.from({ length: rows }, () => stream.next().value as number);
          const data = { rows, inputs: Float32Array.from(values), targets };
          const model = fitLinear(data, 1);
          fc.pre(model.ridges[0] === 0);
          const left = errors(model, data);
          expect(Math.abs(left.reduce((sum, error) => sum + error, 0))).toBeLessThan(1e-8 * rows);
          for (const i of [0, 1]) {
            const product = left.reduce((sum, error, row) => sum + error * data.inputs[row * 2 + i]!, 0);
            expect(Math.abs(product)).toBeLessThan(1e-6 * rows);
          }
        },
      ),
      { numRuns: 200, seed: 3 },
    );
  });

  it('of a feature for each category, whose sum is always 1, predicts the mean of each category', () => {
    const categories = [0, 0, 1, 1, 1, 2, 2, 0, 1, 2];
    const values = [3, 5, 10, 11, 12, 20, 22, 4, 11, 21];
    const inputs = Float32Array.from(
      categories.flatMap((own) => [0, 1, 2].map((category) => Number(category === own))),
    );
    const data = { rows: values.length, inputs, targets: Float32Array.from(values) };
    const predicted = predictLinear(fitLinear(data, 1), data);
    expect(predicted[0]).toBeCloseTo(4, 6);
    expect(predicted[2]).toBeCloseTo(11, 6);
    expect(predicted[5]).toBeCloseTo(21, 6);
  });

  it('takes the same columns twice, a constant one and one of another size without losing the plain answer', () => {
    const plain = planted(60, [[2]], [5], 0.5);
    const wide = Float32Array.from([...plain.inputs].flatMap((x) => [x, x, 7, 1e6 * x]));
    const model = fitLinear({ ...plain, inputs: wide }, 1);
    const expected = predictLinear(fitLinear(plain, 1), plain);
    predictLinear(model, { rows: 60, inputs: wide }).forEach((value, row) => {
      expect(value).toBeCloseTo(expected[row]!, 5);
    });
    expect(model.weights[2]).toBe(0);
  });

  it.each([90, 200])('of %i features and 100 rows is held back where the targets are mostly noise', (features) => {
    const weights = Array.from({ length: features }, (_, i) => [i === 0 ? 1 : 0]);
    const all = planted(1100, weights, [10], 3);
    const split = (from: number, to: number) => ({
      rows: to - from,
      inputs: all.inputs.slice(from * features, to * features),
      targets: all.targets.slice(from, to),
    });
    const model = fitLinear(split(0, 100), 1);
    const unseen = split(100, 1100);
    const byMean = meanSquare(Float64Array.from(unseen.targets, (value) => value - 10));
    expect(model.ridges[0]).toBeGreaterThan(0.1);
    expect(meanSquare(errors(model, unseen))).toBeLessThan(1.15 * byMean);
  });

  it('of more features than rows fits exactly what has no noise', () => {
    const data = planted(30, Array.from({ length: 80 }, (_, i) => [1 / (i + 1)]), [200]); // prettier-ignore
    expect(meanSquare(errors(fitLinear(data, 1), data))).toBeLessThan(1e-6);
  });

  it('of constant inputs is the mean', () => {
    const model = fitLinear({ rows: 3, inputs: Float32Array.of(4, 4, 4), targets: Float32Array.of(1, 2, 6) }, 1);
    expect([...model.weights, ...model.intercepts]).toEqual([0, 3]);
  });

  it('uses the rows it can afford, evenly taken', () => {
    // The second half has the opposite slope: only rows of both halves give the slope 0.
    const data = planted(3000, [[1], [0], [0]], [0]);
    const targets = data.targets.map((value, row) => (row < 1500 ? value : -value));
    const few = fitLinear({ ...data, targets }, 1, 300);
    expect(Math.abs(few.weights[0]!)).toBeLessThan(0.5);
    expect(few.weights[0]).not.toBe(fitLinear({ ...data, targets }, 1).weights[0]);
  });
});
