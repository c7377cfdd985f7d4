import {
  runConfigurationSchema,
  type RunConfigurationInput,
  type SettledConfiguration,
} from '../../contract/configuration.ts';
import type { DataSet, SplitRows } from '../../data/dataset.ts';
import { Random } from '../../base/random.ts';
import { settle, type TableFacts } from '../automatic.ts';

/**
 * A small regression problem for tests: positive targets with many values near zero, so that a plain fit predicts
 * some below zero. Target j is the square of a random linear function of the inputs and a wave on top, divided by its
 * standard deviation.
 */
export function exampleDataSet({ rows = 240, inputs = 4, outputs = 2, heldOut = 60 } = {}): DataSet {
  const random = new Random(7, 'example');
  const all = rows + 2 * heldOut;
  const x = Float32Array.from({ length: all * inputs }, () => random.normal());
  const directions = Float32Array.from({ length: inputs * outputs }, () => random.normal() / Math.sqrt(inputs));
  const y = new Float32Array(all * outputs);
  for (let row = 0; row < all; row++) {
    for (let output = 0; output < outputs; output++) {
      let sum = 0;
      for (let i = 0; i < inputs; i++) sum += (x[row * inputs + i] ?? 0) * (directions[i * outputs + output] ?? 0);
      y[row * outputs + output] = (sum * sum + 0.02) / 1.5;
    }
  }
  const split = (from: number, count: number): SplitRows => ({
    rows: count,
    rowNumbers: Int32Array.from({ length: count }, (_, row) => from + row),
    inputs: x.slice(from * inputs, (from + count) * inputs),
    targets: y.slice(from * outputs, (from + count) * outputs),
  });
  const names = Array.from({ length: inputs }, (_, i) => `x${i}`);
  return {
    schema: {
      inputs: names.map((column) => ({ kind: 'number', column, shift: 0, scale: 1 })),
      targets: Array.from({ length: outputs }, (_, j) => ({ name: `y${j}`, scale: 1.5 + j })),
    },
    raw: { split: 'train', rows: 0, columns: new Map() },
    splits: { train: split(0, rows), validation: split(rows, heldOut), test: split(rows + heldOut, heldOut) },
    preparation: {
      rowsInFile: all,
      rowsUsed: all,
      missing: 'drop',
      dropped: [],
      split: { train: rows, validation: heldOut, test: heldOut },
      features: names.map((name) => ({ name, column: name, shift: 0, scale: 1 })),
      targets: [],
      warnings: [],
    },
    source: { source: 'example', sha256: '', bytes: 0 },
  };
}

type Overrides = Partial<Pick<RunConfigurationInput, 'network' | 'training' | 'constraint'>>;

const facts: TableFacts = { rows: 240, validationRows: 30, features: 4, outputs: 2, missing: 'drop' };

/** A settled configuration for {@link exampleDataSet}, defaults filled in. */
export function exampleConfiguration({ network, training, constraint }: Overrides = {}): SettledConfiguration {
  const asked = runConfigurationSchema.parse({
    data: { source: { kind: 'sample', id: 'example' } },
    network: { hidden: [16, 16], ...network },
    constraint: { method: { id: 'none' }, ...constraint },
    training: { batchSize: 32, epochs: 4, weightDecay: 0, earlyStopping: 0, seed: 1, ...training },
  });
  return settle(asked, facts).configuration;
}
