import type { EngineEvent } from '../../native/contract/engine.ts';
import { isActive, isComputing, type RunState } from '../../native/contract/runRecord.ts';

/** State of a run that is under way, collected from its events. */
export interface WatchedRun {
  readonly run: string;
  readonly state: RunState;
  /** Share of all steps that is done, from 0 to 1; unknown before training begins. */
  readonly fraction?: number;
  /** Position of the last complete checkpoint. */
  readonly checkpoint?: { readonly epoch: number; readonly step: number };
}

/** Follows the events of the `train` process: the run under way, its progress and its last checkpoint. */
export class RunWatch {
  readonly #runs = new Map<string, WatchedRun>();

  /** Records an event; the caller sends it on. */
  record(event: EngineEvent): void {
    const known = this.#runs.get(event.run);
    switch (event.event) {
      case 'phase':
        if (!isActive(event.state)) this.#runs.delete(event.run);
        else this.#runs.set(event.run, { ...known, run: event.run, state: event.state });
        break;
      case 'finished':
      case 'failed':
        this.#runs.delete(event.run);
        break;
      case 'progress':
        if (known !== undefined && event.steps > 0) {
          this.#runs.set(event.run, { ...known, fraction: Math.min(1, event.step / event.steps) });
        }
        break;
      case 'checkpoint':
        if (known !== undefined) {
          this.#runs.set(event.run, { ...known, checkpoint: { epoch: event.epoch, step: event.step } });
        }
        break;
      default:
    }
  }

  /** The run under way, if there is one: being prepared, trained or paused, not waiting in the queue. */
  current(): WatchedRun | undefined {
    return [...this.#runs.values()].find((run) => run.state !== 'queued');
  }

  /** Whether a run is computing: a paused run does not keep the computer awake. */
  isWorking(): boolean {
    return [...this.#runs.values()].some((run) => isComputing(run.state));
  }

  /** Forgets all runs, since their process is gone; returns the one that was under way. */
  forgetAll(): WatchedRun | undefined {
    const current = this.current();
    this.#runs.clear();
    return current;
  }
}
