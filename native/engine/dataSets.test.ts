import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { dataSettingsSchema } from '../contract/configuration.ts';
import type { RunRecord } from '../contract/runs.ts';
import { DataSets } from './dataSets.ts';
import { temporaryFolder, writeTable } from './testSupport.ts';

const folder = temporaryFolder();
afterAll(() => {
  folder.remove();
});

/** As much of a run's record as says what its data are. */
function recordOf(name: string): RunRecord {
  const source = { kind: 'file', path: writeTable(path.join(folder.path, name)) };
  const data = dataSettingsSchema.parse({ source, columns: { y: { role: 'target' } } });
  return { configuration: { data } } as unknown as RunRecord;
}

it('reads the data of a run once for several questions that come at once, each ended by its own signal alone', async () => {
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
