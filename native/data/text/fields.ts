/** How the fields of a record are separated. */
export interface Grammar {
  /** The byte between fields. */
  readonly delimiter: number;
  /** The byte around quoted fields. */
  readonly quote: number | undefined;
}

/** Positions of the fields in a record, quotes included: [start, end) in bytes. */
export function fieldRanges(record: Buffer, grammar: Grammar): [start: number, end: number][] {
  const ranges: [number, number][] = [];
  const quote = grammar.quote ?? -1;
  let position = 0;
  for (;;) {
    const start = position;
    if (record[position] === quote) {
      position++;
      while (position < record.length && (record[position] !== quote || record[position + 1] === quote)) {
        position += record[position] === quote ? 2 : 1;
      }
    }
    const next = record.indexOf(grammar.delimiter, position);
    position = next < 0 ? record.length : next;
    ranges.push([start, position]);
    if (position >= record.length) return ranges;
    position++;
  }
}

/** The fields of one good record, without their quotes. */
export function splitFields(record: Buffer, grammar: Grammar): string[] {
  const quote = grammar.quote ?? -1;
  const mark = String.fromCharCode(quote);
  return fieldRanges(record, grammar).map(([start, end]) =>
    record[start] === quote && end > start
      ? record.toString('utf8', start + 1, end - 1).replaceAll(mark + mark, mark)
      : record.toString('utf8', start, end),
  );
}
