import type { EngineEvent } from '../contract/engine.ts';
import type { RunRecord, RunState } from '../contract/runRecord.ts';
import type { Warning } from '../contract/inspection.ts';
import type { CheckpointPlace } from '../runs/checkpoints.ts';
import type { RunFolder } from '../runs/folder.ts';
import type { EngineRuntime } from '../tensorflow/backend.ts';
import type { ExecutionReport } from '../training/execution.ts';
import { describeExecution, engineName, differentNumbers } from './executionTexts.ts';

/** Sends the events of a run, and records in its folder what must outlast the process. */
export class RunEvents {
  readonly warnings: Warning[] = [];
  state: RunState = 'queued';
  readonly #folder: RunFolder;
  readonly #emit: (event: EngineEvent) => void;

  constructor(folder: RunFolder, emit: (event: EngineEvent) => void) {
    this.#folder = folder;
    this.#emit = emit;
  }

  warn(warning: Warning): void {
    this.warnings.push(warning);
    this.#emit({ event: 'warning', run: this.#folder.path, warning });
  }

  checkpoint({ epoch, step }: CheckpointPlace): void {
    this.#emit({ event: 'checkpoint', run: this.#folder.path, epoch, step });
  }

  phase(state: RunState, message: string): void {
    this.state = state;
    this.#emit({ event: 'phase', run: this.#folder.path, state, message });
  }

  /** Starts a phase and records its state. */
  enter(state: RunState, message: string): void {
    if (state !== this.state) this.#folder.update({ state });
    this.phase(state, message);
  }

  /** Records the engine. The second argument is the record before that. */
  engine(runtime: EngineRuntime, { versions }: RunRecord): void {
    const now = engineName(runtime);
    if (versions.engine !== undefined && versions.engine !== now) this.warn(differentNumbers(versions.engine, now));
    this.#folder.update({ versions: { ...versions, engine: now } });
  }

  /**
   * Records the execution of steps.
   *
   * @param began - the execution before the run was resumed, on the same engine
   */
  execution(report: ExecutionReport, began: ExecutionReport['kind'] | undefined): void {
    const { warnings, note } = describeExecution(report, began);
    if (note !== undefined) this.phase('preparing', note);
    for (const warning of warnings) this.warn(warning);
    const { versions } = this.#folder.read();
    this.#folder.update({ versions: { ...versions, execution: report.kind } });
  }
}
