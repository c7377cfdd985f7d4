import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DataSchema, ModelInput } from '../contract/dataSchema.ts';
import { encodeRows, findGaps, type RawColumn } from './encode.ts';

const target = [{ name: 'y', scale: 1 }];
const schema = (...inputs: ModelInput[]): DataSchema => ({ inputs, targets: target });
const encode = (input: ModelInput, column: RawColumn): number[] => [
  ...encodeRows(schema(input), new Map([[input.column, column]]), column.length),
];
const gaps = (input: ModelInput, column: RawColumn): ReturnType<typeof findGaps> =>
  findGaps(schema(input), new Map([[input.column, column]]), column.length);

describe('encoding of rows', () => {
  const colour: ModelInput = { kind: 'one-hot', column: 'colour', categories: ['red', 'blue'], acceptsMissing: true };
  const grade: ModelInput = { kind: 'ordinal', column: 'grade', order: ['low', 'mid', 'high'], shift: 1, scale: 2 };

  it('scales numbers and fills the missing ones', () => {
    const input: ModelInput = { kind: 'number', column: 'x', shift: 10, scale: 4, fill: 12 };
    expect(encode(input, Float64Array.of(10, 18, NaN))).toEqual([0, 2, 0.5]);
    expect(encode({ kind: 'number', column: 'x', shift: 10, scale: 4 }, Float64Array.of(NaN))).toEqual([NaN]);
  });

  it('rounds numbers to float32, so that a graph with a float32 input computes the same', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -1e30, max: 1e30 }), (value) => {
        const input: ModelInput = { kind: 'number', column: 'x', shift: 3, scale: 7 };
        expect(encode(input, Float64Array.of(value))).toEqual(encode(input, Float64Array.of(Math.fround(value))));
      }),
    );
  });

  it('encodes categories as 0/1 features, an unseen or missing one as zeros', () => {
    expect(encode(colour, ['blue', 'red', 'green', null])).toEqual([0, 1, 1, 0, 0, 0, 0, 0]);
    expect(gaps(colour, ['blue', 'green', 'green', null])).toEqual({
      usable: Uint8Array.of(1, 1, 1, 1),
      skipped: [],
      unseen: { colour: ['green'] },
    });
  });

  it('gives no prediction for a missing category that the model does not accept', () => {
    const strict = { ...colour, acceptsMissing: false };
    expect(gaps(strict, [null, 'red', '']).usable).toEqual(Uint8Array.of(0, 1, 0));
    expect(gaps(strict, [null, 'red', '']).skipped).toEqual([{ reason: 'no value in column "colour"', rows: 2 }]);
    expect(encode(strict, [null])).toEqual([NaN, 0]);
  });

  it('gives a missing category the code of the empty category if that is among the known ones', () => {
    const own = { ...colour, categories: ['', 'red', 'blue'] };
    expect(encode(own, [null, '', 'red', 'green'])).toEqual([1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0]);
    expect(gaps(own, [null, '', 'red', 'green'])).toEqual({
      usable: Uint8Array.of(1, 1, 1, 1),
      skipped: [],
      unseen: { colour: ['green'] },
    });
  });

  it('encodes ordered categories as codes and scales the codes', () => {
    expect(encode(grade, ['low', 'mid', 'high', 'top', null])).toEqual([-0.5, 0, 0.5, NaN, NaN]);
    expect(encode({ ...grade, fill: 2 }, ['top', null])).toEqual([0.5, 0.5]);
    expect(gaps(grade, ['low', 'top', null])).toEqual({
      usable: Uint8Array.of(1, 0, 0),
      skipped: [
        { reason: 'a category outside the order of column "grade"', rows: 1 },
        { reason: 'no value in column "grade"', rows: 1 },
      ],
      unseen: { grade: ['top'] },
    });
  });

  it('writes features in the order of the schema', () => {
    const number: ModelInput = { kind: 'number', column: 'x', shift: 0, scale: 1 };
    const columns = new Map<string, RawColumn>([
      ['grade', ['mid', 'high']],
      ['x', Float64Array.of(5, 6)],
      ['colour', ['red', 'blue']],
    ]);
    expect([...encodeRows(schema(colour, number, grade), columns, 2)]).toEqual([1, 0, 5, 0, 0, 1, 6, 0.5]);
  });

  it('has a NaN feature exactly where a row has no prediction', () => {
    const inputs: ModelInput[] = [
      { kind: 'number', column: 'x', shift: 1, scale: 2 },
      { kind: 'number', column: 'filled', shift: 1, scale: 2, fill: 3 },
      { ...colour, acceptsMissing: false },
      grade,
    ];
    const text = fc.option(fc.constantFrom('red', 'blue', 'low', 'high', 'other', ''));
    const number = fc.oneof(fc.constant(NaN), fc.integer());
    fc.assert(
      fc.property(fc.array(fc.tuple(number, number, text, text)), (rows) => {
        const columns = new Map<string, RawColumn>([
          ['x', Float64Array.from(rows, (row) => row[0])],
          ['filled', Float64Array.from(rows, (row) => row[1])],
          ['colour', rows.map((row) => row[2])],
          ['grade', rows.map((row) => row[3])],
        ]);
        const encoded = encodeRows(schema(...inputs), columns, rows.length);
        const found = findGaps(schema(...inputs), columns, rows.length);
        rows.forEach((_, row) => {
          expect(encoded.subarray(row * 5, row * 5 + 5).some(Number.isNaN)).toBe(found.usable[row] === 0);
        });
        const skipped = found.skipped.reduce((sum, entry) => sum + entry.rows, 0);
        expect(found.usable.reduce((sum, usable) => sum + usable, 0) + skipped).toBe(rows.length);
      }),
    );
  });

  it('gives no prediction for infinite numbers, including those that are infinite in float32', () => {
    const input: ModelInput = { kind: 'number', column: 'x', shift: 0, scale: 1, fill: 0 };
    expect(gaps(input, Float64Array.of(Infinity, 1e39, NaN, 1)).usable).toEqual(Uint8Array.of(0, 0, 1, 1));
  });

  it('names the columns that a table lacks', () => {
    expect(() => findGaps(schema(colour), new Map(), 1)).toThrow(/lacks the column "colour"/);
  });
});
