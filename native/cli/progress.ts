import { SingleBar } from 'cli-progress';
import type { EngineEvent } from '../contract/engine.ts';
import type { EpochMetrics } from '../contract/results.ts';
import { duration, note, percent, significant } from './format.ts';

/** Seconds between two lines where there is no terminal to redraw one. */
const lineInterval = 2;

/**
 * Shows on standard error how a run goes: on a terminal a bar with live loss and share of negatives, elsewhere a line
 * from time to time.
 */
export class ProgressView {
  readonly #bar: SingleBar | undefined;
  /** What the bar shows; undefined where there is none on the screen. */
  #shown: { readonly total: number; readonly value: number; readonly payload: object } | undefined;
  #negatives = '-';
  #lastLine = -Infinity;
  #lastPhase = '';

  constructor(terminal = process.stderr.isTTY) {
    if (!terminal) return;
    this.#bar = new SingleBar({
      format: 'epoch {epoch}/{epochs} [{bar}] {percentage} %  loss {loss}  negatives {negatives}  {left}',
      barsize: 30,
      barCompleteChar: '#',
      barIncompleteChar: '.',
      hideCursor: true,
      clearOnComplete: true,
      stopOnComplete: false,
      // What Ctrl-C means is decided by who follows the run.
      gracefulExit: false,
      linewrap: null,
      stream: process.stderr,
    });
  }

  show(event: EngineEvent): void {
    switch (event.event) {
      case 'phase':
        this.#phase(event.message);
        break;
      case 'progress':
        this.#progress(event);
        break;
      case 'metrics':
        this.#epoch(event.metrics);
        break;
      case 'warning':
        this.#aside(`Note: ${event.warning.message}`);
        break;
      default:
    }
  }

  /** Takes the bar away. */
  end(): void {
    if (this.#shown !== undefined) this.#bar?.stop();
    this.#shown = undefined;
  }

  #phase(message: string): void {
    if (message === this.#lastPhase) return;
    this.#lastPhase = message;
    this.#aside(`${message.charAt(0).toUpperCase()}${message.slice(1)} ...`);
  }

  #progress(event: Extract<EngineEvent, { event: 'progress' }>): void {
    if (this.#bar === undefined) return;
    const payload = {
      epoch: event.epoch,
      epochs: event.epochs,
      loss: significant(event.objective),
      negatives: this.#negatives,
      left: `${duration(event.secondsLeft)} left`,
    };
    const shown = { total: event.steps, value: event.step, payload };
    if (this.#shown === undefined) this.#bar.start(shown.total, shown.value, payload);
    else {
      this.#bar.setTotal(shown.total);
      this.#bar.update(shown.value, payload);
    }
    this.#shown = shown;
  }

  #epoch(metrics: EpochMetrics): void {
    this.#negatives = percent(largestNegativeShare(metrics));
    if (this.#bar !== undefined) return;
    const now = performance.now() / 1000;
    if (now - this.#lastLine < lineInterval) return;
    this.#lastLine = now;
    const loss = metrics.splits.train?.loss ?? NaN;
    note(`epoch ${metrics.epoch}  loss ${significant(loss)}  negatives ${this.#negatives}`);
  }

  /** A line above the bar. */
  #aside(text: string): void {
    const shown = this.#shown;
    this.end();
    note(text);
    if (shown === undefined) return;
    this.#bar?.start(shown.total, shown.value, shown.payload);
    this.#shown = shown;
  }
}

/** Of the output with the most, on the training rows. */
const largestNegativeShare = ({ splits }: EpochMetrics): number =>
  Math.max(0, ...(splits.train?.outputs ?? []).map(({ negativeShare }) => negativeShare));
