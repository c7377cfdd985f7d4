/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = NaN, high = NaN] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return (low + high) / 2;
}

/**
 * Median and the range of all samples.
 * @param {readonly number[]} values
 */
export const summary = (values) => ({
  median: median(values),
  least: Math.min(...values),
  most: Math.max(...values),
});

/**
 * Ratio of the time of `first` to that of `second`: the median over rounds of the ratio within a round, whose runs are
 * made one after the other. NaN if no round has both.
 * @param {readonly (readonly number[])[]} first Samples of each round; empty for a round that failed.
 * @param {readonly (readonly number[])[]} second
 */
export const ratioOf = (first, second) =>
  median(first.map((samples, round) => median(samples) / median(second[round] ?? [])).filter(Number.isFinite));

/** @param {number} value */
export const digits = (value) => String(Number(value.toPrecision(3)));

/**
 * Rows of text, each column as wide as its widest entry; all but the first flush right.
 * @param {readonly (readonly string[])[]} rows
 */
export function table(rows) {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => (row[i] ?? '').length)));
  return rows
    .map((row) =>
      row.map((cell, i) => (i === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '),
    )
    .join('\n');
}

/**
 * Prints the times of several programs as a table.
 * @param {string} name
 * @param {string} unit
 * @param {readonly { title: string, by: string, rounds: readonly (readonly number[])[] }[]} columns Ours first; `rounds`:
 *   samples of each round, empty for a round that failed.
 * @returns The same, with median, range and ratio to ours; without programs that failed in every round.
 */
export function compare(name, unit, columns) {
  const results = columns
    .filter(({ rounds }) => rounds.flat().length > 0)
    .map((column) => ({
      ...column,
      time: summary(column.rounds.flat()),
      ratio: ratioOf(column.rounds, columns[0]?.rounds ?? []),
    }));
  const rows = results.map(({ title, by, time: { median: middle, least, most }, ratio }) => [
    `  ${title}`,
    digits(middle),
    `${digits(least)} - ${digits(most)}`,
    digits(ratio),
    by,
  ]);
  console.log(table([[name, unit, 'from - to', 'times ours', 'by'], ...rows]), '\n');
  return results;
}
