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
  #started = false;
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
        if (event.state !== 'training' || !this.#started) this.#phase(event.message);
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
    this.#bar?.stop();
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
    if (!this.#started) this.#bar.start(event.steps, event.step, payload);
    this.#started = true;
    this.#bar.setTotal(event.steps);
    this.#bar.update(event.step, payload);
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
    if (this.#bar === undefined || !this.#started) {
      note(text);
      return;
    }
    // The bar redraws itself on the next line.
    process.stderr.write(`\r\u001B[K${text}\n`);
    this.#bar.render();
  }
}

/** Of the output with the most, on the training rows. */
const largestNegativeShare = ({ splits }: EpochMetrics): number =>
  Math.max(0, ...(splits.train?.outputs ?? []).map(({ negativeShare }) => negativeShare));
