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
 * How many times as long `first` took as `second`: the median over rounds of the ratio within a round, whose runs were
 * made one after the other. Not a number where a round has only one of the two.
 * @param {readonly (readonly number[])[]} first Samples of each round; none in a round that failed.
 * @param {readonly (readonly number[])[]} second
 */
export const ratioOf = (first, second) =>
  median(first.map((samples, round) => median(samples) / median(second[round] ?? [])).filter(Number.isFinite));

/**
 * How many times as long `first` took as `second`, from pairs made side by side: the geometric mean of their ratios, since
 * twice and half as long are equally far from equal, and its standard error. Of the longer list the end is left out.
 * @param {readonly number[]} first
 * @param {readonly number[]} second
 */
export function meanRatio(first, second) {
  const logarithms = first.slice(0, second.length).map((value, index) => Math.log(value / (second[index] ?? NaN)));
  const { length } = logarithms;
  const mean = logarithms.reduce((sum, value) => sum + value, 0) / length;
  const squares = logarithms.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const ratio = Math.exp(mean);
  return {
    ratio,
    error: ratio * Math.sqrt(squares / (length - 1) / length),
    least: Math.exp(Math.min(...logarithms)),
    most: Math.exp(Math.max(...logarithms)),
  };
}

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
