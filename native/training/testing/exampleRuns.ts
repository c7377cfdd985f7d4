import { createHash } from 'node:crypto';
import type { RunConfigurationInput, SettledConfiguration } from '../../contract/configuration.ts';
import type { EpochMetrics } from '../../contract/results.ts';
import type { RunChange } from '../../contract/runRecord.ts';
import type { Checkpoint } from '../../runs/checkpoints.ts';
import { yieldToEvents } from '../control.ts';
import { exampleConfiguration, exampleDataSet } from './example.ts';
import { Trainer, type TrainingOutcome } from '../trainer.ts';
import type { TrainerHooks, TrainerOptions } from '../trainerOptions.ts';

/** For tests: a finished run, and the events of its hooks. */
export interface RecordedRun {
  readonly outcome: TrainingOutcome;
  readonly metrics: readonly EpochMetrics[];
  readonly checkpoints: readonly Checkpoint[];
  readonly changes: readonly RunChange[];
  readonly last: Checkpoint;
  /** SHA-256 over all tensors of the last checkpoint: weights, optimizer, method, best snapshot. */
  readonly digest: string;
}

/** Trains to the end while `steer` controls the trainer. */
export async function recordRun(
  options: TrainerOptions,
  steer: (trainer: Trainer) => Promise<void> | void = () => undefined,
): Promise<RecordedRun> {
  const metrics: EpochMetrics[] = [];
  const checkpoints: Checkpoint[] = [];
  const changes: RunChange[] = [];
  const hooks: TrainerHooks = {
    onMetrics: (line) => metrics.push(line),
    onCheckpoint: (checkpoint) => void checkpoints.push(checkpoint),
    onChange: (change) => changes.push(change),
    ...options.hooks,
  };
  const trainer = new Trainer({ ...options, hooks });
  const running = trainer.run();
  await steer(trainer);
  const outcome = await running;
  const last = checkpoints.at(-1);
  if (last === undefined) throw new Error('the run wrote no checkpoint');
  return { outcome, metrics, checkpoints, changes, last, digest: digestOf(last) };
}

function digestOf({ tensors }: Checkpoint): string {
  const hash = createHash('sha256');
  for (const [name, { data }] of Object.entries(tensors).sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(name).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}

export const carriedOut = (
  configuration: SettledConfiguration,
  execution: SettledConfiguration['runtime']['execution'],
): SettledConfiguration => ({ ...configuration, runtime: { ...configuration.runtime, execution } });

/** 62 training rows: batches of 20, 20, 20 and 2. */
export const unevenRows = exampleDataSet({ rows: 62, heldOut: 10 });

/** A run over {@link unevenRows} on TensorFlow: six epochs of four steps, with a multiplier for each row. */
export const unevenRun = (
  execution: SettledConfiguration['runtime']['execution'],
  training: RunConfigurationInput['training'] = {},
): SettledConfiguration => ({
  ...exampleConfiguration({
    network: { hidden: [6, 5], activation: 'tanh' },
    constraint: { epsilon: 0.3, method: { id: 'augmented-lagrangian' } },
    training: { batchSize: 20, epochs: 6, optimizer: { id: 'adam', learningRate: 5e-3 }, ...training },
  }),
  runtime: { engine: 'tensorflow', device: 'cpu', deterministic: false, execution },
});

/** Metrics without their times. */
export const numbersOf = (metrics: readonly EpochMetrics[]): unknown[] =>
  metrics.map((line) => ({ ...line, seconds: 0 }));

/** Empty changes: each ends a slice, so that a run can be stopped at exactly that step. */
export const everyStep = (steps: number): RunChange[] => Array.from({ length: steps }, (_, step) => ({ step }));

export async function reaches(trainer: Trainer, step: number): Promise<void> {
  while (trainer.step < step) await yieldToEvents();
}
