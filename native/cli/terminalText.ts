import { figure } from '../base/figures.ts';

/** Formats of numbers and tables for the user. */

/** A share as a percentage; only an exact 0 is shown as 0. */
export function percent(share: number): string {
  if (share === 0) return '0 %';
  const value = share * 100;
  return value < 0.01 ? '<0.01 %' : `${value.toFixed(2)} %`;
}

/** Four significant digits. */
export function significant(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const magnitude = Math.abs(value);
  return magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e7) ? value.toExponential(3) : figure(value);
}

/** A time: "3.2 s", "45 s", "2 min 5 s", "1 h 3 min". */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  // Round before splitting into minutes and seconds: 119.7 seconds are two minutes.
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** "1 row", "2 rows". */
export const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** Rows under titles, each column as wide as its widest entry. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const titles = columns.map(({ title }) => shown(title));
  const cells = rows.map((row) => row.map(shown));
  const widths = titles.map((title, i) => Math.max(title.length, ...cells.map((row) => (row[i] ?? '').length)));
  const line = (row: readonly string[]): string =>
    columns
      .map(({ align }, i) => {
        const cell = row[i] ?? '';
        return align === 'right' ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0);
      })
      .join('  ')
      .trimEnd();
  return [line(titles), line(widths.map((width) => '-'.repeat(width))), ...cells.map(line)]
    .map((text) => `${text}\n`)
    .join('');
}

/** Shortens a long text and escapes control characters, which could move the terminal's cursor. */
function shown(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are the ones to escape
  const plain = text.replace(/[\u0000-\u001f\u007f-\u009f]/g, (character) => JSON.stringify(character).slice(1, -1));
  return plain.length > mostShown ? `${plain.slice(0, mostShown - 3)}...` : plain;
}

const mostShown = 100;

/** Wraps a text into indented lines of at most `width` characters. */
export function paragraph(text: string, indent = '', width = 100): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((each) => `${indent}${each}\n`).join('');
}

/** Prints one JSON object on one line. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

export function print(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

/** Prints a remark for the user on standard error, apart from the result. */
export function note(text: string): void {
  process.stderr.write(text.endsWith('\n') ? text : `${text}\n`);
}
