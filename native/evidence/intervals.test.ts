import { describe, expect, it } from 'vitest';
import { Random } from '../base/random.ts';
import type { Model } from '../network/model.ts';
import { intervalEnds } from '../network/intervalEnds.ts';
import { calibrateIntervals, measureIntervals, type PredictedRows } from './intervals.ts';

const modelOf = (...scales: number[]): Pick<Model, 'schema' | 'epsilon'> => ({
  schema: { inputs: [], targets: scales.map((scale, i) => ({ name: `y${i}`, scale })) },
  epsilon: scales.map(() => 0),
});

/** Rows of one target with scale 1 whose absolute residuals are these, with both signs. */
const rowsWith = (residuals: readonly number[]): PredictedRows => ({
  predictions: Float32Array.from(residuals, (residual, row) => 1000 + (row % 2 === 0 ? residual : -residual)),
  targets: new Float32Array(residuals.length).fill(1000),
});

const halfWidthOf = (residuals: readonly number[], level: number): number | undefined =>
  calibrateIntervals(modelOf(1), rowsWith(residuals), level).halfWidths?.[0];

describe('the half width', () => {
  // prettier-ignore
  const targets = [
    5.005, 4.012, 3.438, 5.237, 3.326, 7.147, 5.419, 4.888, 1.392, 0.721, 1.522, 5.632, 4.814, 1.107, 5.59, 2.476,
    2.479, 9.267, 4.58, 5.251, 5.301, 1.083, 5.477, 17.438, 1.645, 7.583, 8.139, 8.055, 2.813, 3.412, 1.667, 4.278,
    10.876, 2.511, 0.572, 4.633, 8.174, 3.704, 13.526, 3.914, 4.547, 1.807, 3.471, 7.98, 8.061, 10.282,
  ];
  // prettier-ignore
  const predictions = [
    2.845, 3.725, 1.76, 3.408, 4.252, 9.148, 5.263, 5.72, 1.935, 0.309, 1.558, 6.565, 4.432, 0.994, 7.054, 2.822,
    1.421, 14.172, 2.434, 6.182, 7.216, 1.487, 4.624, 23.153, 0.692, 7.958, 11.06, 8.54, 3.561, 2.366, 1.525, 3.695,
    8.21, 1.735, 0.223, 5.838, 7.153, 3.273, 19.688, 3.694, 6.486, 2.238, 3.56, 11.151, 10.236, 12.131,
  ];

  // numpy.quantile(|predictions - targets|, rank / 23, method='inverted_cdf'), the rank in exact fractions.
  it.each([
    [0.5, 1.021, 0.776],
    [0.55, 1.464, 0.931],
    [0.8, 2.175, 2.001],
    [0.9, 2.921, 4.905],
    [0.95, 6.162, 5.715],
  ])('of level %f is that of NumPy, for each output in its own units', (level, ...expected) => {
    const [scale, other] = [0.5, 20];
    const rows = {
      predictions: Float32Array.from(predictions),
      targets: Float32Array.from(targets, (value, i) => value / (i % 2 === 0 ? scale : other)),
    };
    const { halfWidths, ...rest } = calibrateIntervals(modelOf(scale, other), rows, level);
    expect(rest).toMatchObject({ level, rows: 23 });
    expected.forEach((value, output) => {
      expect(halfWidths?.[output]).toBeCloseTo(value, 5);
    });
  });

  it('is the ceil((n + 1) level)-th residual exactly, whatever the rounding, and absent if there are too few rows', () => {
    for (const [numerator, denominator] of [
      [1, 2],
      [11, 20],
      [7, 10],
      [4, 5],
      [9, 10],
      [19, 20],
      [99, 100],
    ] as const) {
      const level = numerator / denominator;
      let reached = false;
      for (let rows = 0; rows <= 130; rows++) {
        const rank = Math.floor(((rows + 1) * numerator + denominator - 1) / denominator);
        const residuals = Array.from({ length: rows }, (_, row) => ((row * 37) % rows) + 1);
        if (rows % 37 === 0) residuals.forEach((_, row) => (residuals[row] = row + 1));
        expect([rows, level, halfWidthOf(residuals, level)]).toEqual([rows, level, rank > rows ? undefined : rank]);
        const { note } = calibrateIntervals(modelOf(1), rowsWith(residuals), level);
        if (rank > rows)
          expect(note).toMatch(new RegExp(`they need at least \\d+ validation rows, and there are ${rows}\\.`));
        else if (!reached) {
          reached = true;
          const { note: before } = calibrateIntervals(modelOf(1), rowsWith(residuals.slice(1)), level);
          expect(before).toContain(`they need at least ${rows} validation rows, and there are ${rows - 1}.`);
        }
      }
      expect(reached).toBe(true);
    }
  });

  it('says that the rows also chose the epoch', () => {
    const { note } = calibrateIntervals(modelOf(1), rowsWith(Array.from({ length: 40 }, (_, i) => i)), 0.9);
    expect(note).toBe(
      'The 90 % intervals are as wide as the errors of the 40 validation rows, which also chose the epoch, so they may hold a little less than 90 % of other rows.',
    );
  });

  it.each([
    [20, 0.8],
    [9, 0.9],
    [59, 0.9],
  ])('holds a new exchangeable row as often as promised: %i rows, level %f', (rows, level) => {
    const random = new Random(11, 'coverage', rows);
    const repetitions = 5000;
    let held = 0;
    for (let repetition = 0; repetition < repetitions; repetition++) {
      // Residuals with heavy tails and different signs, of a scale that differs between repetitions.
      const scale = 10 ** random.uniform(-1, 1);
      const draws = Array.from({ length: rows + 1 }, () => Math.abs(scale * random.normal()) ** 1.7);
      const halfWidth = halfWidthOf(draws.slice(1), level) ?? NaN;
      if (Math.abs(1000 - Math.fround(1000 + (draws[0] ?? NaN))) <= halfWidth) held++;
    }
    const exact = Math.ceil((rows + 1) * level - 1e-9) / (rows + 1);
    expect(exact).toBeGreaterThanOrEqual(level);
    const error = Math.sqrt((exact * (1 - exact)) / repetitions);
    expect(Math.abs(held / repetitions - exact)).toBeLessThan(4 * error);
  });
});

describe('intervals', () => {
  it('are cut at the bound, and none is below it', () => {
    const { low, high } = intervalEnds([5, 5, 1, 1, -9, -9], [2, 3], [4, 0.1]);
    expect([...low].map((value) => Number(value.toPrecision(6)))).toEqual([4, 2, 4, 0.1, 4, 0.1]);
    expect([...high].map((value) => Number(value.toPrecision(6)))).toEqual([7, 8, 4, 4, 4, 0.1]);
    // 0.1 is not a float32; the nearest one above it is the end.
    expect(Math.min(...low)).toBeGreaterThanOrEqual(0.1);
    expect(Math.min(...intervalEnds([-1], [0.5], [0.7]).low)).toBeGreaterThanOrEqual(0.7);
    expect(intervalEnds([NaN], [1], [0])).toEqual({ low: Float32Array.of(NaN), high: Float32Array.of(NaN) });
  });

  it('are measured on rows: the share that they hold, and their width after the cut', () => {
    const model = { ...modelOf(1, 10), epsilon: [0, 5] };
    const intervals = { level: 0.8, rows: 9, halfWidths: [2, 10] };
    const rows = {
      predictions: Float32Array.of(1, 10, 4, 40, 8, 40, 3, 15),
      targets: Float32Array.of(3, 2, 4, 5.5, 5, 2.5, 0.5, 1.5),
    };
    // Targets 3, 4, 5, 0.5 and 20, 55, 25, 15; intervals 0-3, 2-6, 6-10, 1-5 and 5-20, 30-50, 30-50, 5-25.
    expect(measureIntervals(model, intervals, rows)).toEqual([
      { level: 0.8, coverage: 0.5, width: 3.75 },
      { level: 0.8, coverage: 0.5, width: 18.75 },
    ]);
  });

  it('hold as many of the rows that they come from as their rank says', () => {
    const model = modelOf(7.3);
    const random = new Random(3, 'rows');
    const rows = {
      predictions: Float32Array.from({ length: 50 }, () => 7.3 * random.uniform(0, 2)),
      targets: Float32Array.from({ length: 50 }, () => random.uniform(0, 2)),
    };
    const { halfWidths = [], level } = calibrateIntervals(model, rows, 0.9);
    expect(measureIntervals(model, { level, rows: 50, halfWidths }, rows)[0]?.coverage).toBe(46 / 50);
  });
});
