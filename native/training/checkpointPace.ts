import type { Checkpoint } from '../runs/checkpoints.ts';

/** Least milliseconds between two checkpoints; longer if writing one takes more than `largestShare` of the time. */
const shortestInterval = 1000;
const largestShare = 1 / 50;

/** Decides when a run writes its checkpoints. */
export class CheckpointPace {
  readonly #writer: (checkpoint: Checkpoint) => Promise<void> | void;
  #next = -Infinity;
  /** The step of the last checkpoint. */
  #written: number | undefined;

  constructor(writer: (checkpoint: Checkpoint) => Promise<void> | void) {
    this.#writer = writer;
  }

  /** Whether enough time has passed since the last checkpoint. */
  get isDue(): boolean {
    return performance.now() >= this.#next;
  }

  /** Whether the last checkpoint is of this step, and nothing has changed since. */
  has(step: number): boolean {
    return this.#written === step;
  }

  /** Call this when something other than a step has changed the content of a checkpoint. */
  outdated(): void {
    this.#written = undefined;
  }

  async write(capture: () => Checkpoint): Promise<void> {
    const started = performance.now();
    const checkpoint = capture();
    await this.#writer(checkpoint);
    this.#written = checkpoint.step;
    const ended = performance.now();
    this.#next = ended + Math.max(shortestInterval, (ended - started) / largestShare);
  }
}
