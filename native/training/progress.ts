/** Progress of a run, reported at most 20 times a second. */
export interface Progress {
  /** The current epoch, from 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Steps done of `steps`. */
  readonly step: number;
  readonly steps: number;
  /** Mean objective over the steps since the last event. */
  readonly objective: number;
  /** Estimated seconds of training and evaluation. */
  readonly secondsLeft: number;
}

export interface ProgressPosition {
  /** Whole epochs done. */
  readonly epoch: number;
  readonly epochs: number;
  readonly step: number;
  readonly stepsPerEpoch: number;
}

const shortestInterval = 0.05;

/** Measures the seconds of work since the start or resumption of a run, and estimates the remaining time. */
export class ProgressMeter {
  readonly #report: (progress: Progress) => void;
  #last = -Infinity;
  #sum = 0;
  #count = 0;
  #steps = 0;
  #epochs = 0;
  #train = 0;
  #evaluate = 0;

  constructor(report: (progress: Progress) => void) {
    this.#report = report;
  }

  /** Counts steps that took `seconds`, and reports if enough time has passed since the last report. */
  steps(objectives: Float32Array, seconds: number, position: ProgressPosition): void {
    this.#train += seconds;
    this.#steps += objectives.length;
    this.#count += objectives.length;
    for (const objective of objectives) this.#sum += objective;
    const now = performance.now() / 1000;
    if (now - this.#last < shortestInterval) return;
    this.#last = now;
    const { epoch, epochs, step, stepsPerEpoch } = position;
    this.#report({
      epoch: Math.min(epoch + 1, epochs),
      epochs,
      step,
      steps: epochs * stepsPerEpoch,
      objective: this.#sum / this.#count,
      secondsLeft: this.#secondsLeft(position),
    });
    this.#sum = 0;
    this.#count = 0;
  }

  evaluation(seconds: number): void {
    this.#evaluate += seconds;
    this.#epochs++;
  }

  #secondsLeft({ epoch, epochs, step, stepsPerEpoch }: ProgressPosition): number {
    const steps = Math.max(0, epochs * stepsPerEpoch - step) * (this.#train / this.#steps);
    const evaluations = this.#epochs === 0 ? 0 : Math.max(0, epochs - epoch) * (this.#evaluate / this.#epochs);
    return steps + evaluations;
  }
}
