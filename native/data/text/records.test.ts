import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitFields, type Grammar } from './fields.ts';
import { longestLine, LineTooLongError, RecordScanner } from './records.ts';

const grammar: Grammar = { delimiter: 0x2c, quote: 0x22 };

/** All results of a scanner, with the text cut into pieces of the given sizes. */
function scanInPieces(text: Buffer, sizes: readonly number[], fields?: number) {
  const records: { fields: string[]; line: number }[] = [];
  const scanner = new RecordScanner(grammar, fields, (buffer, start, end, line) => {
    records.push({ fields: splitFields(Buffer.from(buffer.subarray(start, end)), grammar), line });
  });
  let rest: Buffer = Buffer.alloc(0);
  let position = 0;
  for (let piece = 0; position < text.length; piece++) {
    const size = sizes.length === 0 ? text.length : (sizes[piece % sizes.length] ?? 1);
    rest = scanner.scanOn(rest, text.subarray(position, position + size));
    position += size;
  }
  scanner.scan(rest, true);
  return { records, summary: scanner.summary };
}

/** RFC 4180: quotes around fields that need them, and around other fields if `quoted`. */
const writeField = (field: string, quoted: boolean): string =>
  quoted || /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;

const fieldArbitrary = fc.oneof(
  fc.string({ maxLength: 6 }),
  fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', 'a', 'é', ' '), maxLength: 6 }),
  fc.double().map(String),
);
const sizesArbitrary = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 5 });

describe('RecordScanner', () => {
  it('reads text written by RFC 4180, whole or in pieces, with any line end', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.tuple(fieldArbitrary, fc.boolean()), { minLength: 2, maxLength: 4 }), { maxLength: 8 }),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.boolean(),
        sizesArbitrary,
        (table, lineEnd, lastLineEnds, sizes) => {
          const lines = table.map((record) => record.map(([field, quoted]) => writeField(field, quoted)).join(','));
          const text = Buffer.from(lines.join(lineEnd) + (lastLineEnds && lines.length > 0 ? lineEnd : ''));
          const { records, summary } = scanInPieces(text, sizes);
          expect(records.map(({ fields }) => fields)).toEqual(table.map((record) => record.map(([field]) => field)));
          expect(summary.badCount).toBe(0);
          // Count lines independently: those before the record, and the line ends inside its fields.
          let line = 1;
          for (const [index, record] of records.entries()) {
            expect(record.line).toBe(line);
            line += 1 + (lines[index]!.match(/\r\n|\r|\n/g) ?? []).length;
          }
        },
      ),
    );
  });

  it('gives the same result for any bytes, whole or in pieces', () => {
    const bytes = fc
      .array(fc.constantFrom(0x22, 0x2c, 0x0a, 0x0d, 0x61, 0x31, 0xc3, 0xa9, 0x00), { maxLength: 60 })
      .map((values) => Buffer.from(values));
    fc.assert(
      fc.property(bytes, sizesArbitrary, (text, sizes) => {
        expect(scanInPieces(text, sizes, 2)).toEqual(scanInPieces(text, [], 2));
      }),
      { numRuns: 1000 },
    );
  });

  it('rejects only the line of a quote that is never closed or closes too early', () => {
    const text = 'a,b\n1,"x\n2,y\n3,"z"z\n4,w\n"5,6\n7,8\n';
    const { records, summary } = scanInPieces(Buffer.from(text), [], 2);
    expect(records.map(({ fields }) => fields)).toEqual([
      ['a', 'b'],
      ['2', 'y'],
      ['4', 'w'],
      ['7', '8'],
    ]);
    expect(summary.bad.map(({ line, text: shown }) => [line, shown])).toEqual([
      [2, '1,"x'],
      [4, '3,"z"z'],
      [6, '"5,6'],
    ]);
    expect(summary.bad[0]!.reason).toMatch(/never closed|after the quote/);
  });

  it('reports the line of a wrong number of fields and of bytes that are not UTF-8', () => {
    const text = Buffer.concat([Buffer.from('a,b\n1,2,3\n4\né,5\n'), Buffer.from([0x36, 0x2c, 0xff, 0x0a])]);
    const { summary } = scanInPieces(text, [], 2);
    expect(summary.bad.map(({ line, reason }) => `${line}: ${reason}`)).toEqual([
      '2: has 3 fields where 2 are expected',
      '3: has 1 field where 2 are expected',
      '5: is not valid UTF-8 text',
    ]);
    expect(summary).toMatchObject({ good: 2, badCount: 3, invalid: 1, validBeyondAscii: 1 });
  });

  it('stops at a line that is too long, quoted or not', () => {
    for (const start of ['1,', '1,"']) {
      for (const end of ['', '\n', '\n"\n']) {
        const text = Buffer.concat([
          Buffer.from(`a,b\n${start}`),
          Buffer.alloc(longestLine + 10, 0x37),
          Buffer.from(end),
        ]);
        for (const sizes of [[2 ** 22], []]) expect(() => scanInPieces(text, sizes, 2)).toThrow(LineTooLongError);
      }
    }
  });
});
