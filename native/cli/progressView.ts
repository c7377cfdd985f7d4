import type { EngineEvent } from '../contract/engine.ts';
import type { EpochMetrics } from '../contract/results.ts';
import { duration, note, percent, significant } from './terminalText.ts';

/** Seconds between two lines if there is no terminal. */
const lineInterval = 2;
/** Width in characters. */
const barWidth = 30;

/**
 * Shows the progress of a run on standard error: on a terminal a bar with the current loss and share of negatives,
 * otherwise a line from time to time.
 */
export class ProgressView {
  readonly #terminal: boolean;
  /** The current line on the screen; empty if there is none. */
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
        this.#writeAbove(`Note: ${event.warning.message}`);
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
    this.#writeAbove(`${message.charAt(0).toUpperCase()}${message.slice(1)} ...`);
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
  #writeAbove(text: string): void {
    const bar = this.#bar;
    this.end();
    note(text);
    this.#draw(bar);
  }

  /** Replaces the bar with another line, or removes it. */
  #draw(line: string): void {
    if (!this.#terminal || line === this.#bar) return;
    // A longer line would wrap, and its first part could not be erased.
    process.stderr.write(`\r\x1b[K${line.slice(0, (process.stderr.columns || 120) - 1)}`);
    this.#bar = line;
  }
}

/** The largest share of negatives of any output, on the training rows. */
const largestNegativeShare = ({ splits }: EpochMetrics): number =>
  Math.max(0, ...(splits.train?.outputs ?? []).map(({ negativeShare }) => negativeShare));
