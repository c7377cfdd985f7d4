import { OrthantError } from '../../contract/errors.ts';
import { quotePath, quoteText, type Session } from '../database.ts';
import type { ReadRequest, StoredColumn } from '../rawTable.ts';
import { isNumber, type FoundDialect } from './dialect.ts';
import type { ScanSummary } from './records.ts';
import type { Encoding } from './source.ts';

/** A file whose records have been scanned and counted. */
export interface ScannedText {
  readonly encoding: Encoding;
  readonly dialect: FoundDialect;
  readonly summary: ScanSummary;
  readonly sha256: string;
  /** The file for DuckDB to read, whether it begins with the header, and whether lines end in a line feed alone. */
  readonly readable: { readonly path: string; readonly header: boolean; readonly lineFeeds: boolean };
}

/** Texts that mean a missing value in a text file. */
const missingMarkers = ['', 'NA', 'N/A', 'n/a', '#N/A', 'null', 'NULL', 'None'];

/** Reads the values with DuckDB: as numbers if all sample values are numbers, as text if that fails. */
export async function readValues(
  request: ReadRequest,
  text: ScannedText,
  names: readonly string[],
  rows: number,
): Promise<StoredColumn[]> {
  const { session, table, path } = request;
  const { dialect } = text;
  const stored = names.map((_, index) => {
    const present = dialect.sample
      .map((record) => record[index] ?? '')
      .filter((cell) => !missingMarkers.includes(cell));
    // Decimal commas are converted later: DuckDB would read "1.234" as 1.234 although it may mean 1234.
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
          'Set its delimiter, quote and header, or save it again with plain quotes.',
      );
    }
    parallel = false;
  }
  return names.map((name, index) => ({ name, stored: stored[index] ?? 'VARCHAR' }));
}

/** Tries to read once. Returns the indices of columns whose cells are not all numbers; the table is then incomplete. */
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
    // DuckDB detects Windows line ends itself, and reads nothing if they are declared.
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
