import type { EngineEvent } from '../../native/contract/engine.ts';
import { isActive, isComputing, type RunState } from '../../native/contract/runs.ts';

/** What is known of a run that is under way, from the events that passed by. */
export interface WatchedRun {
  readonly run: string;
  readonly state: RunState;
  /** Share of all steps that is done, from 0 to 1; unknown before training begins. */
  readonly fraction?: number;
  /** Where the last whole checkpoint stands. */
  readonly checkpoint?: { readonly epoch: number; readonly step: number };
}

/** Follows the events of the `train` process: which run is under way, how far it is, what would be left of it. */
export class RunWatch {
  readonly #runs = new Map<string, WatchedRun>();

  /** Takes note of an event; the caller sends it on. */
  see(event: EngineEvent): void {
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

  /** Whether something is being computed: a paused run does not keep the computer awake. */
  isWorking(): boolean {
    return [...this.#runs.values()].some((run) => isComputing(run.state));
  }

  /** Forgets all runs, since their process is gone; answers the one that was under way. */
  lose(): WatchedRun | undefined {
    const current = this.current();
    this.#runs.clear();
    return current;
  }
}
