import { describe, expect, it } from 'vitest';
import { splitNames, type SplitName, type SplitReports } from '../contract/results.ts';
import type { DataSet } from '../data/dataset.ts';
import { withBaselines } from './baselines.ts';
import { lossOf } from './losses.ts';
import { evaluatePredictions } from './evaluate.ts';

type Rows = readonly (readonly number[])[];

/** A data set of one input and its targets, in the targets' units. */
function dataSet(rows: Record<SplitName, Rows>, scales: readonly number[]): Pick<DataSet, 'schema' | 'splits'> {
  const split = (name: SplitName) => ({
    rows: rows[name].length,
    rowNumbers: Int32Array.from(rows[name].keys()),
    inputs: Float32Array.from(rows[name].map(([x]) => x!)),
    targets: Float32Array.from(rows[name].flatMap(([, ...values]) => values.map((value, i) => value / scales[i]!))),
  });
  return {
    schema: {
      inputs: [{ kind: 'number', column: 'x', shift: 0, scale: 1 }],
      targets: scales.map((scale, i) => ({ name: `y${i}`, scale })),
    },
    splits: { train: split('train'), validation: split('validation'), test: split('test') },
  };
}

/** Reports of a model that predicts these values in every row, in the targets' units. */
function reportsOf({ schema, splits }: Pick<DataSet, 'schema' | 'splits'>, constants: readonly number[]): SplitReports {
  const bounds = schema.targets.map(({ name, scale }) => ({ name, scale, epsilon: 0 }));
  const filled = splitNames.filter((name) => splits[name].rows > 0);
  return Object.fromEntries(
    filled.map((name) => {
      const { rows, targets } = splits[name];
      const scaled = Float32Array.from(
        targets,
        (_, i) => constants[i % constants.length]! / bounds[i % constants.length]!.scale,
      );
      return [
        name,
        {
          ...evaluatePredictions(lossOf({ loss: 'squared-error', tweediePower: 1.5 }), bounds, scaled, targets).report,
          rows,
        },
      ];
    }),
  );
}

describe('beside the errors of a model stand', () => {
  it('those of the training mean and of the line through the training rows, and r2, for each split and output', () => {
    // y0 = 10 + 2 x; y1 does not depend on x.
    const data = dataSet({ train: [[0, 10, 1], [1, 12, 3], [2, 14, 3], [3, 16, 1]], validation: [], test: [[5, 20, 2], [7, 24, 4]] }, [4, 0.5]); // prettier-ignore
    const { train, test, validation } = withBaselines(reportsOf(data, [22, 3]), data);
    expect(validation).toBeUndefined();
    // The mean of y0 is 13 and its squared distances are 9 + 1 + 1 + 9; those of 22 are 144 + 100 + 64 + 36.
    expect(train?.outputs[0]?.meanRmse).toBeCloseTo(Math.sqrt(5), 5);
    expect(train?.outputs[0]?.linearRmse).toBeCloseTo(0, 5);
    expect(train?.outputs[0]?.r2).toBeCloseTo(1 - 344 / 20, 4);
    // On test rows: 20 and 24 are 7 and 11 from the training mean, and 2 from their own.
    expect(test?.outputs[0]?.meanRmse).toBeCloseTo(Math.sqrt((49 + 121) / 2), 5);
    expect(test?.outputs[0]?.linearRmse).toBeCloseTo(0, 5);
    expect(test?.outputs[0]?.r2).toBeCloseTo(0, 5);
    // Of y1 the line is the mean, 2; 3 is as far from the own mean of the test rows as they are from it, no further.
    expect(test?.outputs[1]?.meanRmse).toBeCloseTo(Math.sqrt(2), 5);
    expect(test?.outputs[1]?.linearRmse).toBeCloseTo(Math.sqrt(2), 5);
    expect(test?.outputs[1]?.r2).toBeCloseTo(0, 5);
    expect(test).toMatchObject({
      rows: 2,
      outputs: [
        { name: 'y0', minimum: 22 },
        { name: 'y1', minimum: 3 },
      ],
    });
  });

  it('no r2 for a single row and for a target that is the same in all rows', () => {
    const data = dataSet({ train: [[0, 1], [1, 2], [2, 4]], validation: [[0, 3]], test: [[0, 3], [4, 3], [6, 3]] }, [0.7]); // prettier-ignore
    const { train, validation, test } = withBaselines(reportsOf(data, [2]), data);
    expect(train?.outputs[0]).toHaveProperty('r2');
    expect(validation?.outputs[0]).not.toHaveProperty('r2');
    expect(test?.outputs[0]).not.toHaveProperty('r2');
    expect(test?.outputs[0]?.meanRmse).toBeCloseTo(3 - 7 / 3, 6);
  });

  it('figures that do not lose digits to a target far from 0', () => {
    const shape = Array.from({ length: 200 }, (_, i) => [Math.sin(i), 5 * Math.sin(i) + 2 * Math.sin(i * i)]);
    const far = (shift: number): SplitReports => {
      const data = dataSet({ train: shape.map(([x, y]) => [x!, y! + shift]), validation: [], test: [] }, [5]);
      return withBaselines(reportsOf(data, [shift]), data);
    };
    const [near, away] = [far(0).train?.outputs[0], far(1013).train?.outputs[0]];
    // Targets are float32 in deviations: 1013 / 5 is exact to 1e-5.
    for (const key of ['meanRmse', 'linearRmse', 'r2'] as const) expect(away?.[key]).toBeCloseTo(near![key]!, 4);
    expect(near?.linearRmse).toBeLessThan(0.5 * near!.meanRmse!);
  });
});
