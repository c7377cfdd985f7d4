import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { closeDatabase, withSession } from './database.ts';
import { inspectTable } from './inspect.ts';
import { closeTables, withTable } from './table.ts';
import { fileRequest, testFolder } from './testing/testFiles.ts';

const folder = testFolder();
afterEach(closeTables);

describe('the database of a process', () => {
  const one = (): Promise<unknown> => withSession((session) => session.rows('SELECT 1'));

  it('is closed when no session uses it, and not while a session waits for it or is running', async () => {
    const waiting = one();
    await Promise.all([closeDatabase(), closeDatabase()]);
    expect(await waiting).toEqual([[1]]);
    await one();
    const [, late] = await Promise.all([closeDatabase(), one()]);
    expect(late).toEqual([[1]]);
    const read = await withSession(async (session) => {
      await session.run('CREATE TABLE kept AS SELECT 7 AS x');
      await closeDatabase();
      return session.rows('SELECT x FROM kept');
    });
    expect(read).toEqual([[7]]);
    // A new database, without that table.
    await expect(withSession((session) => session.rows('SELECT x FROM kept'))).rejects.toThrow('kept');
  });

  it('stays open for others while the last table is dropped', async () => {
    const good = folder.write('good.csv', 'a,b\n1,2\n3,4\n');
    const bad = folder.write('bad.csv', 'a,b\n1,2\n3,4,5\n');
    for (let round = 0; round < 20; round++) {
      const answers = await Promise.allSettled([
        ...[bad, bad, good, bad].map((path) => inspectTable(fileRequest(path))),
        closeTables(),
      ]);
      const outcomes = answers.map((answer) => (answer.status === 'rejected' ? String(answer.reason) : 'read'));
      const refused = expect.stringContaining('cannot be used: line 3 has 3 fields') as string;
      expect(outcomes).toEqual([refused, refused, 'read', refused, 'read']);
    }
  });

  it('keeps no part of a file if reading it was cancelled', async () => {
    const rows = 60_000;
    const lines = Array.from({ length: rows }, (_, row) => JSON.stringify({ a: row, b: `text ${row}` }));
    const large = folder.write('large.json', lines.join('\n'));
    const kept = folder.write('kept.csv', 'a,b\n1,2\n3,4\n');
    // Another table that is in use keeps the database open.
    await withTable(fileRequest(kept), async (table, session) => {
      const parts = `SELECT count(*) FROM duckdb_tables() WHERE table_name <> '${table.sql}' AND estimated_size < ${rows}`;
      for (let wait = 10; ; wait *= 1.5) {
        const abort = new AbortController();
        const options = { signal: abort.signal };
        const reading = withTable(fileRequest(large), () => Promise.resolve('read'), options).catch(() => 'cancelled');
        await sleep(wait);
        abort.abort();
        if ((await reading) === 'read') break;
        expect(await session.rows(parts)).toEqual([[0]]);
      }
    });
  });
});
