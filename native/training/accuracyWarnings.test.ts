import { describe, expect, it } from 'vitest';
import { runConfigurationSchema } from '../contract/configuration.ts';
import type { Warning } from '../contract/inspection.ts';
import type { OutputReport, SplitReports, TrainingResult } from '../contract/results.ts';
import type { DataSet } from '../data/dataset.ts';
import { settle } from './automatic.ts';
import { warningsFirst } from './accuracyWarnings.ts';

const output = (rmse: number, meanRmse: number, linearRmse: number, name = 'y'): OutputReport => ({
  name,
  rmse,
  mae: rmse,
  negativeShare: 0,
  violationShare: 0,
  minimum: 0,
  meanRmse,
  linearRmse,
});
const split = (...outputs: OutputReport[]) => ({ rows: 40, loss: 1, outputs });

interface Case {
  splits: SplitReports;
  targets?: number[];
  loss?: string;
  method?: string;
  stopped?: TrainingResult['stopped'];
  steps?: number;
  bestEpoch?: number;
  others?: Warning[];
}

/** Messages of the warnings of a run, first those about its accuracy. */
function warned({
  splits,
  targets,
  loss = 'squared-error',
  method = 'none',
  stopped = 'finished',
  steps = 4000,
  bestEpoch = 20,
  others = [],
}: Case): string[] {
  // prettier-ignore
  const configuration = runConfigurationSchema.parse({
    data: { source: { kind: 'file', path: 'a.csv' }, columns: {} },
    training: { epochs: 20, loss },
    constraint: { method: { id: method } },
  });
  const names = splits.train?.outputs.map(({ name }) => name) ?? [];
  const rows = 40;
  const values = targets ?? Array.from({ length: rows }, (_, row) => 1 + (row % 5));
  const dataset = {
    schema: { targets: names.map((name) => ({ name, scale: 1 })) },
    splits: { train: { rows, targets: Float32Array.from(values.flatMap((value) => names.map(() => value))) } },
    preparation: { features: [{}, {}, {}] },
  } as unknown as DataSet;
  const facts = { rows, validationRows: 5, features: 3, outputs: names.length, missing: 'drop' } as const;
  const run = {
    configuration: settle(configuration, facts).configuration,
    dataset,
    splits,
    stopped,
    steps,
    epochs: 20,
    bestEpoch,
  };
  return warningsFirst(run, others).map(({ message }) => message);
}

describe('a result says first', () => {
  it('nothing if it is better than the mean and not clearly worse than the linear model', () => {
    expect(warned({ splits: { train: split(output(9, 1, 1)), test: split(output(1.04, 3, 1)) } })).toEqual([]);
    expect(warned({ splits: { train: split(output(2, 3, 4)) } })).toEqual([]);
  });

  it('that it is worse than the mean, or than a linear model, with all three errors on the held-out rows', () => {
    const train = split(output(1, 3, 2));
    expect(warned({ splits: { train, test: split(output(1101, 220, 417)) } })[0]).toMatch(
      /^Worse than always predicting the mean on the 40 test rows: y \(RMSE 1,101, mean 220, linear model 417\)\. /,
    );
    expect(warned({ splits: { train, validation: split(output(2, 3, 1.8)) } })[0]).toMatch(
      /^Worse than a linear model on the 40 validation rows: y \(RMSE 2, mean 3, linear model 1\.8\)\. /,
    );
    expect(warned({ splits: { train: split(output(2, 3, 1.8)) } })[0]).toMatch(/^Worse than .* 40 training rows/);
  });

  it('which of several outputs are worse, before any other warning', () => {
    const outputs = [output(1, 2, 2, 'a'), output(5, 4, 3, 'b'), output(3, 4, 2, 'c')];
    const messages = warned({
      splits: { train: split(...outputs.map(({ name }) => output(1, 2, 2, name))), test: split(...outputs) },
      others: [{ message: 'Another.' }],
    });
    expect(messages[0]).toMatch(/^Worse than always.*: b \(RMSE 5.*\)\. Worse than a linear.*: c \(RMSE 3.*\)\. \w/);
    expect(messages).toEqual([messages[0], 'Another.']);
  });
});

describe('what to do fits the case:', () => {
  const learned = { train: split(output(1, 3, 2)), test: split(output(4, 3, 2)) };
  const unlearned = { train: split(output(4, 3, 2)), test: split(output(4, 3, 2)) };

  it.each<[string, Partial<Case>, RegExp]>([
    ['a run that was stopped', { stopped: 'by-request', steps: 10 }, / stopped after 20 epochs: resume it/],
    ['few steps', { steps: 20 }, / only 20 steps: train with more epochs, for example 2,000\.$/],
    ['few steps before early stopping', { steps: 20, stopped: 'early-stopping' }, / 20 steps: let early stopping wait/],
    ['weights that are all positive', { method: 'positive-parameters' }, /rise with every input: take non-negative/],
    ['rows learned too closely', {}, / its 40 training rows with 3 inputs too closely: .* more weight decay/],
    ['training rows not learned', { splits: unlearned }, /not better on the training rows either: train with more/],
    ['an early best epoch', { splits: unlearned, bestEpoch: 3 }, / its 40 training rows .* too closely/],
    ['another loss', { splits: unlearned, loss: 'absolute' }, / with the loss absolute: compare it with squared-error/],
  ])('%s', (_, change, expected) => {
    const messages = warned({ splits: learned, ...change });
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatch(expected);
  });

  it('rows that explain it are named instead, at once after it', () => {
    const targets = Array.from({ length: 40 }, (_, row) => (row < 35 ? 0 : 2));
    const pattern: Warning = { topic: 'pattern', message: 'One row.' };
    const others = [{ message: 'Another.' }, pattern];
    const messages = warned({ splits: learned, targets, others });
    expect(messages[0]).toMatch(/linear model 2\)\.$/);
    expect(messages.slice(1)).toEqual([expect.stringMatching(/^88 % of the training rows/), 'One row.', 'Another.']);
    // Not given as an explanation of a good result.
    const good = { train: split(output(1, 3, 2)) };
    expect(warned({ splits: good, targets, others })).toEqual(['Another.', 'One row.']);
  });
});
