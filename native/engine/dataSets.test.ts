import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { dataSettingsSchema } from '../contract/configuration.ts';
import type { RunRecord } from '../contract/runRecord.ts';
import { DataSets } from './dataSets.ts';
import { temporaryFolder, writeTable } from './testing/builtEngine.ts';

const folder = temporaryFolder();
afterAll(() => {
  folder.remove();
});

/** The part of a run's record that describes its data. */
function recordOf(name: string, missing: 'drop' | 'own-category' = 'drop'): RunRecord {
  const source = { kind: 'file', path: writeTable(path.join(folder.path, name)) };
  const data = dataSettingsSchema.parse({ source, columns: { y: { role: 'target' } }, missing });
  return { configuration: { data } } as unknown as RunRecord;
}

it('reads the data of a run once for several concurrent requests, each ended only by its own signal', async () => {
  const dataSets = new DataSets();
  const record = recordOf('a.csv');
  const { signal } = new AbortController();
  const first = await dataSets.of(record, signal);
  const known = { ...record, data: first.source };
  const other = recordOf('b.csv');
  const abort = new AbortController();
  const asked = [
    dataSets.of(other, signal),
    dataSets.of(known, abort.signal).then(undefined, (error: unknown) => (error as Error).name),
    dataSets.of(known, signal),
    dataSets.of(known, signal),
  ];
  abort.abort();
  const [, cancelled, one, two] = await Promise.all(asked);
  expect(cancelled).toBe('AbortError');
  expect(one).toMatchObject({ source: first.source });
  expect(two).toBe(one);
});

it('keeps the data that a run has read, also where their treatment was chosen for the table', async () => {
  const dataSets = new DataSets();
  const record = recordOf('c.csv', 'own-category');
  const { signal } = new AbortController();
  const read = await dataSets.read({ ...record.configuration.data, missing: 'auto' }, signal);
  expect(read.preparation.missing).toBe('own-category');
  expect(await dataSets.of({ ...record, data: read.source }, signal)).toBe(read);
});
