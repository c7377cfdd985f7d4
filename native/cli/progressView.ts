import type { EngineEvent } from '../contract/engine.ts';
import type { EpochMetrics } from '../contract/results.ts';
import { duration, note, percent, significant } from './format.ts';

/** Seconds between two lines where there is no terminal to redraw one. */
const lineInterval = 2;
/** Characters. */
const barWidth = 30;

/**
 * Shows the progress of a run on standard error: on a terminal a bar with live loss and share of negatives, elsewhere a
 * line from time to time.
 */
export class ProgressView {
  readonly #terminal: boolean;
  /** The line that is on the screen; empty if there is none. */
  #bar = '';
  #negatives = '-';
  #lastLine = -Infinity;
  #lastPhase = '';

  constructor(terminal = process.stderr.isTTY) {
    this.#terminal = terminal;
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

  /** Removes the bar. */
  end(): void {
    this.#draw('');
  }

  #phase(message: string): void {
    if (message === this.#lastPhase) return;
    this.#lastPhase = message;
    this.#aside(`${message.charAt(0).toUpperCase()}${message.slice(1)} ...`);
  }

  #progress(event: Extract<EngineEvent, { event: 'progress' }>): void {
    const share = event.steps === 0 ? 1 : Math.min(1, event.step / event.steps);
    const bar = '#'.repeat(Math.round(share * barWidth)).padEnd(barWidth, '.');
    this.#draw(
      `epoch ${event.epoch}/${event.epochs} [${bar}] ${Math.floor(share * 100)} %  loss ${significant(event.objective)}  negatives ${this.#negatives}  ${duration(event.secondsLeft)} left`,
    );
  }

  #epoch(metrics: EpochMetrics): void {
    this.#negatives = percent(largestNegativeShare(metrics));
    if (this.#terminal) return;
    const now = performance.now() / 1000;
    if (now - this.#lastLine < lineInterval) return;
    this.#lastLine = now;
    const loss = metrics.splits.train?.loss ?? NaN;
    note(`epoch ${metrics.epoch}  loss ${significant(loss)}  negatives ${this.#negatives}`);
  }

  /** Writes a line above the bar. */
  #aside(text: string): void {
    const bar = this.#bar;
    this.end();
    note(text);
    this.#draw(bar);
  }

  /** Replaces the bar by another line, or by none. */
  #draw(line: string): void {
    if (!this.#terminal || line === this.#bar) return;
    // A longer line would wrap, and its first part could not be erased.
    process.stderr.write(`\r\x1b[K${line.slice(0, (process.stderr.columns || 120) - 1)}`);
    this.#bar = line;
  }
}

/** Of the output with the most, on the training rows. */
const largestNegativeShare = ({ splits }: EpochMetrics): number =>
  Math.max(0, ...(splits.train?.outputs ?? []).map(({ negativeShare }) => negativeShare));
