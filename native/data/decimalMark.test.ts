import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Dialect } from '../contract/configuration.ts';
import { inspectTable } from './inspect.ts';
import { tableRows } from './page.ts';
import { fileRequest, testFolder } from './testing/testFiles.ts';

const folder = testFolder();

/** CSV rows made by a function of their number, from 1; thirty unless `count` is given. */
const rows = (make: (i: number) => string, count = 30): string =>
  Array.from({ length: count }, (_, i) => `${make(i + 1)}\n`).join('');

async function look(content: string, dialect: Dialect = {}) {
  const request = fileRequest(folder.write('marks.csv', content), { dialect });
  const { columns, warnings, dialect: found } = await inspectTable(request);
  const page = await tableRows(request, 0, 1);
  return {
    types: columns.map(({ type }) => type),
    first: page.rows[0],
    warnings: warnings.map(({ message }) => message),
    decimalComma: found?.decimalComma,
  };
}
async function refusal(content: string, skipBadRows = false): Promise<string> {
  const request = fileRequest(folder.write('marks.csv', content), { skipBadRows });
  return inspectTable(request).then(
    () => 'It was read.',
    (error: unknown) => (error as Error).message,
  );
}

describe('numbers with decimal commas', () => {
  it.each([
    ['between semicolons', `a;b\n${rows((i) => `${i},5;-${i},25`)}`],
    ['quoted, between commas', `a,b\n${rows((i) => `"${i},5","-${i},25"`)}`],
    ['with exponents and spaces', `a;b\n${rows((i) => ` ${i},5 ;-${i * 100},25e-2`).replace('-100,25e-2', '-1,25')}`],
  ])('are numbers: %s', async (_, content) => {
    expect(await look(content)).toEqual({
      types: ['number', 'number'],
      first: [1.5, -1.25],
      warnings: [],
      decimalComma: true,
    });
  });

  it('are numbers with marks between thousands, if the decimals show which mark is which', async () => {
    const european = await look(`a;y\n${rows((i) => `${i}.234.567,5;${i},25`)}999,5;-1.000,25\n`);
    expect(european).toMatchObject({ types: ['number', 'number'], first: [1_234_567.5, 1.25], warnings: [] });
    // They also show the marks if they are the only numbers of the file.
    const alone = await look(`a;y\n${rows((i) => `${i}.234,5;word${i % 3}`)}`);
    expect(alone).toMatchObject({ types: ['number', 'category'], first: [1234.5, 'word1'] });
    const american = await look(`a,y\n${rows((i) => `"${i},234.5",${i}.25`)}`);
    expect(american).toMatchObject({ types: ['number', 'number'], first: [1234.5, 1.25], warnings: [] });
    expect(await refusal(`a;y\n${rows((i) => `${i}.234,5;${i},25`)}1.23,5;1\n`)).toMatch(/line 32 has "1\.23,5"/);
  });

  it('are detected for each column, with a warning if a column has another mark than the file', async () => {
    const semicolons = await look(`a;b;y\n${rows((i) => `${i},5;${i}.25;${i}.75`)}`);
    expect(semicolons).toMatchObject({ types: ['number', 'number', 'number'], first: [1.5, 1.25, 1.75] });
    expect(semicolons.warnings).toEqual([
      'The numbers of column "a" were read with a decimal comma, as they are written; other numbers of this file are read with a decimal point.',
    ]);
    const commas = await look(`a,b\n${rows((i) => `"${i},5",${i}.25`)}`);
    expect(commas).toMatchObject({ types: ['number', 'number'], first: [1.5, 1.25] });
    const points = await look(`a;b;y\n${rows((i) => `${i},5;${i},25;${i}.75`)}`);
    expect(points).toMatchObject({ types: ['number', 'number', 'number'], first: [1.5, 1.25, 1.75] });
    expect(points.warnings).toEqual([expect.stringMatching(/"y" were read with a decimal point/)]);
  });

  it('are numbers if they come late in the file', async () => {
    const late = await look(`a;y\n${rows((i) => `${i};${i}`, 700)}${rows((i) => `${i},5;${i},25`, 2500)}`);
    expect(late.types).toEqual(['number', 'number']);
  });

  it('never give a wrong number: a cell with the other mark makes a bad row', async () => {
    const stray = `a;y\n${rows((i) => `${i}${i === 7 ? '.' : ','}5;${i},25`)}`;
    expect(await refusal(stray)).toMatch(
      /1 row of 30 .* line 8 has "7\.5" in column "a", whose other numbers have a decimal comma/,
    );
    expect(await refusal(stray, true)).toBe('It was read.');
    const thousand = `a;y\n${rows((i) => `${i};${i},25`)}1.234;5,5\n`;
    expect(await refusal(thousand)).toMatch(/line 32 has "1\.234" in column "a"/);
    const lateStray = `a;y\n${rows((i) => `${i},5;${i}`, 700)}2.5;1\n`;
    expect(await refusal(lateStray)).toMatch(/line 702 has "2\.5" in column "a"/);
    const comma = `a;y\n${rows((i) => `${i}.5;${i}`)}2,5;1\n`;
    expect(await refusal(comma)).toMatch(/line 32 has "2,5" in column "a", whose other numbers have a decimal point/);
  });

  it.each<[string, string, Dialect, RegExp]>([
    [
      'thousands with points',
      `a;y\n${rows((i) => `${i}.234;${i},25`)}`,
      {},
      /such as "1\.234" seem to have thousands separators/,
    ],
    [
      'thousands with commas',
      `a,y\n${rows((i) => `"${i},234",${i}.25`)}`,
      {},
      /such as "1,234" seem to have thousands separators.* or set decimal commas for the file/,
    ],
    [
      'thousands with spaces',
      `a;y\n${rows((i) => `${i} 234;${i},25`)}`,
      {},
      /such as "1 234" seem to have thousands separators/,
    ],
    [
      'both marks',
      `a;y\n${rows((i) => `${i}${i % 2 ? ',' : '.'}5;${i}`)}`,
      {},
      /some of its numbers have a decimal point/,
    ],
    [
      'another mark than set',
      `a;y\n${rows((i) => `${i},5;${i}`)}`,
      { decimalComma: false },
      /but a decimal point is set for the file/,
    ],
  ])('are text with a warning if the mark is unclear: %s', async (_, content, dialect, warning) => {
    const found = await look(content, dialect);
    expect(found.types).toEqual(['category', 'number']);
    expect(found.warnings).toEqual([expect.stringMatching(/^Column "a" was read as text: /)]);
    expect(found.warnings[0]).toMatch(warning);
  });

  it('are not detected in dates, versions and words', async () => {
    const { warnings } = await look(`a;b;c;y\n${rows((i) => `0${1 + (i % 9)}.02.2020;1.${i}.0;no, thanks ${i};${i}`)}`);
    expect(warnings).toEqual([]);
  });

  it('are read correctly, whatever marks the columns have', async () => {
    const number = fc.double({ min: -1e5, max: 1e5, noNaN: true }).map((value) => Number(value.toFixed(2)) + 0);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(number, number), { minLength: 5, maxLength: 40 }),
        fc.constantFrom('.', ','),
        fc.constantFrom('.', ','),
        async (values, ...marks) => {
          const lines = values.map((row) =>
            row.map((value, at) => value.toFixed(2).replace('.', marks[at]!)).join(';'),
          );
          const request = fileRequest(folder.write('any.csv', `a;b\n${lines.join('\n')}\n`));
          expect((await tableRows(request, 0, 1000)).rows).toEqual(values);
        },
      ),
      { numRuns: 60 },
    );
  });
});
