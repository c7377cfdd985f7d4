import { createHash, type Hash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OrthantError } from '../../contract/errors.ts';
import { quotePath, quoteText, type Session } from '../database.ts';
import { columnNames } from '../columnNames.ts';
import { excerptOfBytes } from '../excerpt.ts';
import { headBytes, isUtf16 } from '../fileFormat.ts';
import type { Cell, Place, RawColumn, RawTable, ReadRequest } from '../rawTable.ts';
import { findDialect, isNumber, type FoundDialect } from './dialect.ts';
import { nameDelimiter } from './badRecord.ts';
import { fieldRanges } from './fields.ts';
import { LineTooLongError, longestLine, RecordScanner } from './records.ts';
import { RecordWriter } from './recordWriter.ts';
import { fileBytes, utf8Head, utf8Text, type Encoding } from './source.ts';

/** What stands for a missing value in a text file, besides nothing at all. */
const missingMarkers = ['', 'NA', 'N/A', 'n/a', '#N/A', 'null', 'NULL', 'None'];

/**
 * Reads delimited text. Our own scanner splits the file into records and is what rows are counted by; DuckDB reads the
 * values. Text that is not plain UTF-8 with one kind of line end and sound records is first rewritten as such to a
 * temporary file, so that DuckDB never has to guess, and drops nothing.
 *
 * @throws OrthantError naming what is wrong with the file as a whole; single bad records are in `rejected`
 */
export async function readText(request: ReadRequest): Promise<RawTable> {
  const folder = await mkdtemp(join(tmpdir(), 'orthant-text-'));
  try {
    const text = await scanFile(request, join(folder, 'records.csv'));
    const { dialect, summary } = text;
    const names = columnNames(dialect.names, dialect.fields, request.path);
    const rows = summary.good - (dialect.header ? 1 : 0);
    if (rows === 0) throw noRows(request.path, dialect.header, summary.badCount, summary.bad[0]?.line);
    const columns = await readValues(request, text, names, rows);
    return {
      columns,
      rows,
      rejectedRows: summary.badCount,
      rejected: [...summary.bad],
      locate: (wanted) => locate(request, text, wanted),
      decimalComma: dialect.decimalComma,
      oneDecimalMark: request.dialect.decimalComma !== undefined,
      dialect: {
        delimiter: dialect.delimiter,
        quote: dialect.quote,
        header: dialect.header,
        decimalComma: dialect.decimalComma,
        encoding: text.encoding,
      },
      warnings:
        text.encoding === 'latin-1' && request.dialect.encoding === undefined
          ? [{ message: 'The file is not valid UTF-8; it was read as Latin-1. Check letters with accents.' }]
          : [],
      sha256: text.sha256,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** As much of a file as nearly always shows its dialect. */
const usualHead = 2 ** 18;

interface ScannedText {
  readonly encoding: Encoding;
  readonly dialect: FoundDialect;
  readonly summary: RecordScanner['summary'];
  readonly sha256: string;
  /** What DuckDB shall read, whether its first record is the header, and whether lines end in a line feed alone. */
  readonly readable: { readonly path: string; readonly header: boolean; readonly lineFeeds: boolean };
}

async function scanFile(request: ReadRequest, cleanPath: string): Promise<ScannedText> {
  const { path, file, dialect: given } = request;
  const complete = file.head.length < headBytes;
  let encoding: Encoding = given.encoding ?? (isUtf16(file.head) === undefined ? 'utf-8' : 'utf-16');
  for (;;) {
    const head = utf8Head(file.head, encoding);
    const start = findDialect(head.subarray(0, usualHead), complete && head.length <= usualHead, given);
    // No whole record in the usual head: a header of very many columns.
    const dialect = start.fields > 0 ? start : findDialect(head, complete, given);
    if (dialect.fields === 0) {
      // Not one record of the head is valid UTF-8, as in a table with an accent in each row.
      if (encoding !== 'utf-8' || given.encoding !== undefined || !head.some((byte) => byte > 0x7f))
        throw noRows(path, false, 0, undefined);
      encoding = 'latin-1';
      continue;
    }
    checkHeader(dialect, path);
    const hash = createHash('sha256');
    const plain = encoding === 'utf-8' && !file.compressed;
    const clean = { path: cleanPath, header: false, lineFeeds: true };
    const summary = plain
      ? await scan(request, encoding, dialect, { hash })
      : await scan(request, encoding, dialect, { hash, cleanPath });
    if (encoding === 'utf-8' && given.encoding === undefined && summary.invalid > summary.validBeyondAscii) {
      encoding = 'latin-1';
      continue;
    }
    const sha256 = hash.digest('hex');
    if (!plain) return { encoding, dialect, summary, sha256, readable: clean };
    const { lf, crlf, cr } = summary.linesEndedBy;
    // DuckDB takes the first line end for that of all lines, also when it stands inside quotes.
    const oneLineEnd = cr === 0 && (lf === 0 || crlf === 0) && (crlf === 0 || summary.linesInside === 0);
    const sound = summary.badCount === 0 && summary.blank === 0 && oneLineEnd && summary.good > 0;
    if (sound) {
      return { encoding, dialect, summary, sha256, readable: { path, header: dialect.header, lineFeeds: crlf === 0 } };
    }
    await scan(request, encoding, dialect, { cleanPath });
    return { encoding, dialect, summary, sha256, readable: clean };
  }
}

/** One pass over the records; the good ones below the header go to `cleanPath` where that is given. */
async function scan(
  request: ReadRequest,
  encoding: Encoding,
  dialect: FoundDialect,
  options: { hash?: Hash; cleanPath?: string },
): Promise<RecordScanner['summary']> {
  const { path, file, signal } = request;
  const writer = options.cleanPath === undefined ? undefined : await RecordWriter.create(options.cleanPath);
  let seen = 0;
  const scanner = new RecordScanner(
    dialect.grammar,
    dialect.fields,
    writer === undefined
      ? undefined
      : (buffer, start, end) => {
          if (seen++ > 0 || !dialect.header) writer.add(buffer, start, end);
        },
  );
  try {
    const bytes = fileBytes(path, file.compressed, { hash: options.hash, signal });
    await scanChunks(utf8Text(bytes, encoding, file.head), scanner, async () => {
      await writer?.flush();
      return true;
    });
  } catch (error) {
    if (!(error instanceof LineTooLongError)) throw error;
    throw new OrthantError(
      'data',
      `Line ${error.line} of ${path} is longer than ${longestLine / 2 ** 20} MiB. That is no table with one row a line. ` +
        'Check that it is the right file, and that its line ends were not lost.',
      { cause: error },
    );
  } finally {
    await writer?.close();
  }
  return scanner.summary;
}

/** Feeds chunks to a scanner, and calls `after` behind each, until that answers false. */
async function scanChunks(
  chunks: AsyncIterable<Buffer>,
  scanner: RecordScanner,
  after: () => boolean | Promise<boolean>,
): Promise<void> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    rest = scanner.scanOn(rest, chunk);
    if (!(await after())) return;
  }
  scanner.scan(rest, true);
  await after();
}

function checkHeader(dialect: FoundDialect, path: string): void {
  if (dialect.names === undefined || dialect.names.length === dialect.fields) return;
  throw new OrthantError(
    'data',
    `The header of ${path} (line 1) names ${dialect.names.length} columns, but most rows have ${dialect.fields} ` +
      `fields, split at ${nameDelimiter(dialect.delimiter)}. Mend the header, or say how the file is written: its ` +
      'delimiter, its quote, and whether it has a header.',
  );
}

function noRows(path: string, header: boolean, bad: number, firstBad: number | undefined): OrthantError {
  if (bad > 0) {
    return new OrthantError(
      'data',
      `None of the ${bad} rows of ${path} can be read; the first is on line ${firstBad ?? 1}. Check the file, its ` +
        'delimiter and its quotes.',
    );
  }
  return new OrthantError(
    'data',
    header
      ? `${path} has a header and no rows below it. Check that it was saved or downloaded completely.`
      : `${path} has no rows: its lines are empty, or a quote at their beginning is never closed. Check that it is the right file.`,
  );
}

/** Has DuckDB read the values: numbers where the sample says so, and text where reading numbers fails. */
async function readValues(
  request: ReadRequest,
  text: ScannedText,
  names: readonly string[],
  rows: number,
): Promise<RawColumn[]> {
  const { session, table, path } = request;
  const { dialect } = text;
  const stored = names.map((_, index) => {
    const present = dialect.sample
      .map((record) => record[index] ?? '')
      .filter((cell) => !missingMarkers.includes(cell));
    // With decimal commas DuckDB would take "1.234" for a number, too, and a wrong one where that is a thousand.
    const plain = !dialect.decimalComma && present.length > 0 && present.every((cell) => isNumber(cell, false));
    return plain ? 'DOUBLE' : 'VARCHAR';
  });
  let parallel = true;
  for (;;) {
    const failed = await tryRead(session, table, text, stored, parallel);
    for (const index of failed.columns) stored[index] = 'VARCHAR';
    if (failed.columns.length > 0) continue;
    if (failed.reason === undefined && failed.rows === rows) break;
    if (!parallel) {
      throw new OrthantError(
        'data',
        `${path} has ${rows} rows by our count and ${failed.rows} by DuckDB's` +
          `${failed.reason === undefined ? '' : ` (${failed.reason})`}, so it cannot be read safely. ` +
          'Say how the file is written (delimiter, quote, header), or save it again with plain quotes.',
      );
    }
    parallel = false;
  }
  return names.map((name, index) => ({ name, stored: stored[index] ?? 'VARCHAR' }));
}

/** One reading. Columns whose cells are not all numbers come back by index, and then the table is incomplete. */
async function tryRead(
  session: Session,
  table: string,
  text: ScannedText,
  stored: readonly ('DOUBLE' | 'VARCHAR')[],
  parallel: boolean,
): Promise<{ columns: number[]; rows: number; reason?: string }> {
  const { dialect, readable, summary } = text;
  const types = stored.map((type, index) => `'c${index}': '${type}'`).join(', ');
  const lineBytes = Math.max(2 ** 21, 2 * summary.longest);
  const settings = [
    quotePath(readable.path),
    'auto_detect = false',
    `delim = ${quoteText(dialect.delimiter)}`,
    `quote = ${quoteText(dialect.quote)}`,
    `escape = ${quoteText(dialect.quote)}`,
    `header = ${readable.header}`,
    // DuckDB finds Windows line ends by itself, and reads nothing when they are named.
    ...(readable.lineFeeds ? ["new_line = '\\n'"] : []),
    `columns = {${types}}`,
    `nullstr = [${missingMarkers.map(quoteText).join(', ')}]`,
    'strict_mode = true',
    'null_padding = false',
    `max_line_size = ${lineBytes}`,
    `buffer_size = ${Math.max(2 ** 25, 4 * lineBytes)}`,
    `parallel = ${parallel}`,
    'store_rejects = true',
    'rejects_limit = 0',
  ];
  await session.run('DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans');
  try {
    await session.run(`CREATE OR REPLACE TABLE ${table} AS SELECT * FROM read_csv(${settings.join(', ')})`);
  } catch (error) {
    if (error instanceof OrthantError) throw error;
    return {
      columns: [],
      rows: 0,
      reason: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error),
    };
  }
  const failures = await session.rows('SELECT DISTINCT error_type, column_idx FROM reject_errors');
  const columns = failures.filter(([type]) => type === 'CAST').map(([, index]) => Number(index) - 1);
  const other = failures.find(([type]) => type !== 'CAST');
  const [[rows] = []] = await session.rows(`SELECT count(*) FROM ${table}`);
  return { columns, rows: Number(rows), ...(other === undefined ? {} : { reason: String(other[0]) }) };
}

/** Where the wanted cells stand: one more pass, as far as the last of them. */
async function locate(request: ReadRequest, text: ScannedText, wanted: readonly Cell[]): Promise<Place[]> {
  const places: Place[] = [];
  const { header, grammar, fields } = text.dialect;
  let row = header ? -1 : 0;
  const scanner = new RecordScanner(grammar, fields, (buffer, start, end, line) => {
    const cell = wanted[places.length];
    if (row === cell?.row) {
      const record = buffer.subarray(start, end);
      places.push({ line, ...excerptOfBytes(record, fieldRanges(record, grammar)[cell.column]) });
    }
    row++;
  });
  const bytes = fileBytes(request.path, request.file.compressed, { signal: request.signal });
  const utf8 = utf8Text(bytes, text.encoding, request.file.head);
  await scanChunks(utf8, scanner, () => places.length < wanted.length);
  return places;
}
