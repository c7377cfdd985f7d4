import type { SettledConfiguration } from '../contract/configuration.ts';
import type { EpochMetrics } from '../contract/results.ts';
import type { RunChange } from '../contract/runRecord.ts';
import type { Warning } from '../contract/inspection.ts';
import type { DataSet } from '../data/dataset.ts';
import type { Checkpoint } from '../runs/checkpoints.ts';
import type { EngineRuntime } from '../tensorflow/backend.ts';
import type { ExecutionReport } from './execution.ts';
import type { Progress } from './progress.ts';

export type TrainerState = 'ready' | 'training' | 'paused' | 'finished' | 'failed';

export interface TrainerHooks {
  /** Called before the step is traced and compiled. */
  onCompile?(): void;
  /** Reports how the steps will run, once this is decided. */
  onExecution?(execution: ExecutionReport): void;
  onState?(state: TrainerState): void;
  /** At most 20 times a second. */
  onProgress?(progress: Progress): void;
  /** After every epoch. */
  onMetrics?(metrics: EpochMetrics): void;
  /** Training waits for it; an error that it throws ends the run. */
  onCheckpoint?(checkpoint: Checkpoint): Promise<void> | void;
  /** Records a change made while paused, with the step at which it takes effect. */
  onChange?(change: RunChange): void;
  onWarning?(warning: Warning): void;
}

export interface TrainerOptions {
  readonly configuration: SettledConfiguration;
  readonly dataset: DataSet;
  readonly runtime: Pick<EngineRuntime, 'tf' | 'engine' | 'device' | 'cardBytes'>;
  /** Changes of an earlier run of this configuration, replayed at their steps; in a resumed run, all recorded ones. */
  readonly changes?: readonly RunChange[];
  readonly resumeFrom?: Checkpoint;
  /** Execution of the earlier parts of a resumed run; kept if possible. */
  readonly began?: ExecutionReport['kind'] | undefined;
  readonly hooks?: TrainerHooks;
}
