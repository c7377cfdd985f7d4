import type { RunConfiguration } from '../../native/contract/configuration.ts';
import type { Distribution, EpochMetrics, SplitReports, TrainingResult } from '../../native/contract/results.ts';
import { isActive, type RunRecord, type RunState } from '../../native/contract/runRecord.ts';
import { noise } from './fakeData.ts';
import { recordOf, summaryOf, type Answers } from './testedApp.ts';

/** Curves and results like those of training, computed by formulas. */

const bins = 48;

function distribution(name: string, epoch: number, constrained: boolean): Distribution {
  const lowest = constrained ? Math.min(-0.02, -1.2 / epoch) : -1.1;
  const width = 4 / bins;
  const below = Math.max(1, Math.ceil(-lowest / width));
  const counts = Array.from({ length: bins }, (_, bin) => {
    const value = (bin - below + 0.5) * width;
    const spread = 0.35 + 0.5 / epoch;
    const bulk = Math.exp(-(((value - 0.55) / spread) ** 2)) + 0.35 * Math.exp(-(((value - 1.7) / 0.7) ** 2));
    const held = constrained && value < 0 ? Math.exp(value * 4 * epoch) * 0.5 : 1;
    return Math.round(900 * bulk * held);
  });
  return { name, from: -below * width, to: (bins - below) * width, counts };
}

function reports(targets: readonly string[], epoch: number, constrained: boolean, seed: number): SplitReports {
  const split = (rows: number, shift: number): SplitReports['train'] => ({
    rows,
    loss: 0.9 * Math.exp(-epoch / 3) + 0.02 + shift * 0.01 + 0.004 * noise(epoch, seed, shift * 100),
    outputs: targets.map((name, index) => {
      const violation = constrained
        ? Math.max(0, 0.05 * Math.exp(-epoch / 1.4) - 0.0002)
        : 0.03 + 0.06 * Math.exp(-epoch / 2);
      return {
        name,
        rmse: 0.21 + 0.5 * Math.exp(-epoch / 3) + shift * 0.02 + (constrained ? 0.004 : 0) + index * 0.01,
        mae: 0.15 + 0.4 * Math.exp(-epoch / 3),
        negativeShare: Math.round(violation * rows) / rows,
        violationShare: Math.round(violation * rows) / rows,
        minimum: constrained ? 0.012 - 0.9 * Math.exp(-epoch / 1.6) : -0.55 - 0.1 * noise(epoch, index),
      };
    }),
  });
  return { train: split(8000, 0), validation: split(1000, 1), test: split(1000, 1.2) } as SplitReports;
}

export function fakeMetrics(configuration: RunConfiguration, targets: readonly string[], epoch: number): EpochMetrics {
  const constrained = configuration.constraint.method.id !== 'none';
  const multipliers = ['augmented-lagrangian', 'slack-lagrangian'].includes(configuration.constraint.method.id);
  return {
    epoch,
    step: epoch * 125,
    seconds: epoch * 1.4,
    learningRate: 0.001 * 0.5 * (1 + Math.cos((Math.PI * epoch) / Number(configuration.training.epochs))),
    objective: 1.1 * Math.exp(-epoch / 3) + 0.03,
    splits: reports(targets, epoch, constrained, configuration.training.seed),
    constraint: {
      largestMultiplier: multipliers ? 22 * (1 - Math.exp(-epoch / 2)) : 0,
      coefficient: 100,
    },
    distribution: targets.map((name) => distribution(name, epoch, constrained)),
    best: epoch % 3 !== 2,
  };
}

export function fakeResult(configuration: RunConfiguration, metrics: EpochMetrics, run: string): TrainingResult {
  const { id } = configuration.constraint.method;
  const construction = id === 'non-negative-last-layer' || id === 'output-transform';
  const level = id === 'none' ? 'none' : construction ? 'by-construction' : 'held-out';
  return {
    engine: 'tensorflow',
    version: '2.21.0',
    device: 'cpu',
    execution: 'xla',
    method: id,
    epochs: metrics.epoch,
    steps: metrics.step,
    bestEpoch: metrics.epoch,
    stopped: 'finished',
    seconds: metrics.seconds,
    phases: { setup: 1.2, read: 0.4, compile: 0.7, train: metrics.seconds, evaluate: 0.8, export: 0.5 },
    reproducible: true,
    splits: metrics.splits,
    evidence: {
      level,
      figures: [],
      limits: [],
      lowestBound: 0,
      statement:
        level === 'none'
          ? 'Some outputs are below the bound: no claim can be made.'
          : level === 'held-out'
            ? 'No row of the training, validation or test split is below the bound.'
            : 'No output is below 0 for any input; the stored weights prove it.',
      details: [
        'top_left: smallest output 0.012 on 10,000 rows.',
        'bottom_right: smallest output 0.012 on 10,000 rows.',
      ],
    },
    warnings:
      id === 'penalty' ? [{ message: 'The penalty was still falling at the last epoch: more epochs would help.' }] : [],
    run,
    files: { onnxJson: `${run}/model.onnx.json`, onnx: `${run}/model.onnx` },
    export: { verifiedBy: 'onnx-runtime', maxRelativeDifference: 3.1e-7, smallestOutput: 0.0123, rows: 1000 },
  };
}

/** Folder of the fake host's only run. */
export const fakeRun = '/runs/1';

const targetsOf = ({ data }: RunConfiguration): string[] =>
  data.source.kind === 'sample' && data.source.id === 'ink' ? ['top_left', 'bottom_right'] : ['price'];

/** Answers of a host with one run after this many epochs. */
export function answersOfRun(
  configuration: RunConfiguration,
  state: RunState,
  epochs: number,
  more: Partial<RunRecord> = {},
) {
  const targets = targetsOf(configuration);
  const metrics = Array.from({ length: epochs }, (_, epoch) => fakeMetrics(configuration, targets, epoch + 1));
  const last = metrics.at(-1);
  const ended = last !== undefined && (state === 'finished' || state === 'stopped');
  const record: RunRecord = {
    ...recordOf(configuration, state),
    name: 'My run',
    schema: {
      inputs: [
        { kind: 'number', column: 'carat', shift: 3.9, scale: 1.2 },
        { kind: 'one-hot', column: 'cut', categories: ['Ideal', 'Fair'], acceptsMissing: true },
      ],
      targets: targets.map((name) => ({ name, scale: 4 })),
    },
    ...(ended ? { result: fakeResult(configuration, last, fakeRun) } : {}),
    ...more,
  };
  const summary = {
    ...summaryOf(fakeRun, state, epochs),
    name: record.name,
    method: configuration.constraint.method.id,
  };
  return {
    status: () => (isActive(state) ? { current: fakeRun, state, queued: [] } : { queued: [] }),
    runs: () => [{ ...summary, ...(record.result === undefined ? {} : { splits: record.result.splits }) }],
    runRecord: () => record,
    runMetrics: () => metrics,
    runCheckpoints: () => (epochs === 0 ? [] : [{ epoch: epochs, step: epochs * 125 }]),
    predictions: () => ({
      targets,
      rows: [1, 2, 3].map((row) => ({
        row,
        target: targets.map(() => row),
        prediction: targets.map(() => row - 1.5),
      })),
    }),
    worstRows: () => ({
      targets,
      rows: [7, 8].map((row) => ({
        row,
        split: 'test' as const,
        target: targets.map(() => 1),
        prediction: targets.map(() => row - 7.5),
      })),
    }),
    sampleConfiguration: () => configuration,
  } satisfies Answers;
}
