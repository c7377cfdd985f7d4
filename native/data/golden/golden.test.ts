import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { OrthantError } from '../../contract/errors.ts';
import type { Inspection } from '../../contract/inspection.ts';
import { inspectTable } from '../inspect.ts';
import { tableRows } from '../page.ts';
import { fileRequest, testFolder } from '../testing/testFiles.ts';

/**
 * Reads every file of input/; the result must equal output/<file>.json. To add a case, add a file to input/, run this
 * test once with UPDATE_GOLDEN=1, then read the file that it has written.
 */

const folder = testFolder();
const input = join(import.meta.dirname, 'input');
const output = join(import.meta.dirname, 'output');
const update = process.env.UPDATE_GOLDEN === '1';
const shownRows = 30;

async function findings(path: string, name: string): Promise<object> {
  // Messages of Node's JSON parser change with its version; a Parquet file in gzip is read from a temporary copy.
  const neutral = (text: string): string =>
    text
      .replaceAll(path, name)
      .replace(/(not valid JSON) \(.*?\)(?=$|[;.])/g, '$1 (...)')
      .replace(/(error in file) '.*?'/g, '$1 (...)');
  const request = fileRequest(path, { skipBadRows: true });
  const refusal = async (work: Promise<unknown>) => {
    const error: unknown = await work.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof OrthantError)) throw error;
    expect(error.message).toMatch(/^.*\.$/);
    expect(error.message).toContain(name);
    return { code: error.code, message: neutral(error.message) };
  };
  let found: Inspection;
  try {
    found = await inspectTable(request);
  } catch {
    return { refused: await refusal(inspectTable(request)) };
  }
  const page = await tableRows(request, 0, shownRows);
  for (const { advice } of found.rejected) expect(advice).toMatch(/^[A-Z].*\.$/);
  return {
    format: found.format,
    compressed: found.compressed,
    dialect: found.dialect,
    columns: found.columns.map(({ name: column, type, missing }) => `${column}: ${type}, ${missing} missing`),
    rows: found.rows,
    rejectedRows: found.rejectedRows,
    rejected: found.rejected.map(({ reason, text = '', mark, ...rest }) => ({
      ...rest,
      reason: neutral(reason),
      text,
      marked: mark === undefined ? undefined : text.slice(...mark),
    })),
    refusedWithoutSkipping: found.rejectedRows === 0 ? undefined : await refusal(inspectTable(fileRequest(path))),
    warnings: found.warnings.map(({ column = '', message }) => [column, message]),
    firstRows: page.rows,
  };
}

/** JSON with each innermost list on one line. JSON has no negative zero; it is written as text. */
const written = (found: object): string =>
  `${JSON.stringify(found, (_, value: unknown) => (Object.is(value, -0) ? '-0' : value), 2).replace(
    /\[\n\s+([^[\]{}]*?)\n\s+\]/g,
    (_, items: string) => `[${items.replace(/\n\s+/g, ' ')}]`,
  )}\n`;

describe('reading a file gives its golden output', () => {
  const names = readdirSync(input);
  it.each(names)('%s', async (name) => {
    const found = written(await findings(join(input, name), name));
    const expected = join(output, `${name}.json`);
    if (update) writeFileSync(expected, found);
    expect(existsSync(expected), `${expected} is missing; UPDATE_GOLDEN=1 writes it`).toBe(true);
    expect(found).toBe(readFileSync(expected, 'utf8'));
    if (name.endsWith('.gz') || name === 'no-table-empty.csv') return;
    const zipped = folder.write(name, gzipSync(readFileSync(join(input, name))));
    const unzipped = written(await findings(zipped, name)).replace('"compressed": true', '"compressed": false');
    expect(unzipped, 'in gzip').toBe(found);
  });

  it('has no output without an input', () => {
    expect(readdirSync(output)).toEqual(names.map((name) => `${name}.json`).sort());
  });
});
