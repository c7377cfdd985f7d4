import type { Checkpoint } from '../runs/checkpoints.ts';

/** Milliseconds between two checkpoints at least; longer where writing one takes more than a share of them. */
const shortestInterval = 1000;
const largestShare = 1 / 50;

/** When a run writes its checkpoints. */
export class CheckpointPace {
  readonly #writer: (checkpoint: Checkpoint) => Promise<void> | void;
  #next = -Infinity;
  /** The step of the last checkpoint. */
  #written: number | undefined;

  constructor(writer: (checkpoint: Checkpoint) => Promise<void> | void) {
    this.#writer = writer;
  }

  /** Whether the last one is long enough ago. */
  get isDue(): boolean {
    return performance.now() >= this.#next;
  }

  /** Whether the last one is of this step, and nothing has changed since. */
  has(step: number): boolean {
    return this.#written === step;
  }

  /** Something other than a step has changed what a checkpoint holds. */
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
