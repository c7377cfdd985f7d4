import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quotePath, withSession, type Session } from '../database.ts';
import { fileFacts } from '../fileFormat.ts';
import { recogniseFile } from '../readers.ts';
import { testFolder } from '../testing/testFiles.ts';
import { readText } from './readText.ts';

/** Compares our reader with DuckDB's, which gets the dialect, is strict and reports the rows it rejects. */

const folder = testFolder();
const dialect = { delimiter: ',', quote: '"', header: true } as const;

interface Reading {
  readonly rows: readonly unknown[][];
  /** Lines of the rejected rows. */
  readonly rejected: readonly unknown[];
}

async function ours(session: Session, path: string): Promise<Reading> {
  const file = await recogniseFile(path, await fileFacts(path));
  const { rejected } = await readText({ session, path, file, dialect, table: 'ours', signal: undefined });
  return { rows: await session.rows('SELECT * FROM ours'), rejected: rejected.map(({ line }) => line) };
}

async function duckdbs(session: Session, path: string, columns: number): Promise<Reading | string> {
  const names = Array.from({ length: columns }, (_, index) => `c${index}: 'VARCHAR'`).join(', ');
  await session.run('DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans');
  const settings =
    `auto_detect = false, delim = ',', quote = '"', escape = '"', header = true, columns = {${names}}, ` +
    "nullstr = ['', 'NA'], strict_mode = true, store_rejects = true, rejects_limit = 0";
  let rows;
  try {
    rows = await session.rows(`SELECT * FROM read_csv(${quotePath(path)}, ${settings})`);
  } catch (error) {
    return String(error);
  }
  const rejected = await session.rows('SELECT DISTINCT line FROM reject_errors ORDER BY line');
  return { rows, rejected: rejected.flat() };
}

describe('our reader and DuckDB', () => {
  const field = fc.constantFrom('a', 'b', ' d', '', 'NA', 'd"e', '"x"', '"y,z"', '"q""r"', '""', ' "s"');
  const row = fc.tuple(field, field, field).map((fields) => fields.join(','));
  const oddRow = fc.constantFrom(
    ...['a', 'a,b', 'a,b,c,d', '"a"b,c,d', 'a,"b"c,d', ',,', '#a,b,c', '', '  ', '"a,b,c"', 'a"b,c,d'],
  );
  const rowOfLines = fc.constantFrom('a,"m\nn",c', '"m\n\nn",b,c', 'a,b,"m\r\nn"');
  const rows = fc.array(fc.oneof({ weight: 4, arbitrary: row }, oddRow), { minLength: 4, maxLength: 20 });

  it('read the same rows and reject the same lines if quotes are paired and all line ends are the same', async () => {
    // Good rows first, so that most rows have three fields.
    const table = fc.record({
      sound: fc.tuple(...Array<typeof row>(12).fill(row)),
      odd: rows,
      // A row over several lines comes last, because DuckDB counts rows, not lines.
      last: fc.option(rowOfLines),
      lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
      endsInLine: fc.boolean(),
    });
    await withSession((session) =>
      fc.assert(
        fc.asyncProperty(table, async ({ sound, odd, last, lineEnd, endsInLine }) => {
          const lines = ['h1,h2,h3', ...sound, ...odd, ...(last === null ? [] : [last])];
          const path = folder.write('both.csv', lines.join(lineEnd) + (endsInLine ? lineEnd : ''));
          expect(await ours(session, path)).toEqual(await duckdbs(session, path, 3));
        }),
        { numRuns: 200 },
      ),
    );
  });

  // Reasons why our scanner reads every file first. If one of these fails, DuckDB now reads that file as we do.
  it.each<[string, string, Reading]>([
    [
      'loses good rows below a stray quote that a later quote seems to close, and does not report them',
      'a,b,c\n1x,"2x,3x\n4x,5x,6x\n7x,"8x",9x\n',
      {
        rows: [
          ['4x', '5x', '6x'],
          ['7x', '8x', '9x'],
        ],
        rejected: [2],
      },
    ],
    [
      'loses all rows below a quote that is never closed',
      'a,b,c\n1x,2x,3x\n4x,"5x,6x\n7x,8x,9x\n',
      {
        rows: [
          ['1x', '2x', '3x'],
          ['7x', '8x', '9x'],
        ],
        rejected: [3],
      },
    ],
    [
      'accepts a row with an empty field too many',
      'a,b\n1x,2x\n3x,4x,\n5x,6x\n',
      {
        rows: [
          ['1x', '2x'],
          ['5x', '6x'],
        ],
        rejected: [3],
      },
    ],
    [
      'drops spaces after a closing quote',
      'a,b\n1x,2x\n"3x" ,4x\n5x,6x\n',
      {
        rows: [
          ['1x', '2x'],
          ['5x', '6x'],
        ],
        rejected: [3],
      },
    ],
    [
      'counts rows instead of lines if a field holds a line end',
      'a,b\n"1\nx",2x\n3x\n5x,6x\n',
      {
        rows: [
          ['1\nx', '2x'],
          ['5x', '6x'],
        ],
        rejected: [4],
      },
    ],
    [
      'refuses mixed line ends',
      'a,b\r\n1x,2x\n3x,4x\r\n',
      {
        rows: [
          ['1x', '2x'],
          ['3x', '4x'],
        ],
        rejected: [],
      },
    ],
    ['reads a blank line as a row of one column', 'a\n1x\n\n2x\n', { rows: [['1x'], ['2x']], rejected: [] }],
    [
      'rejects Latin-1',
      'a,b\n\xe91x,2x\n3x,4x\n',
      {
        rows: [
          ['é1x', '2x'],
          ['3x', '4x'],
        ],
        rejected: [],
      },
    ],
  ])('differ: DuckDB %s', async (_, text, expected) => {
    const path = folder.write('differs.csv', Buffer.from(text, 'latin1'));
    await withSession(async (session) => {
      expect(await ours(session, path)).toEqual(expected);
      expect(await duckdbs(session, path, expected.rows[0]?.length ?? 0)).not.toEqual(expected);
    });
  });
});
