import { existsSync } from 'node:fs';
import { mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, expect, it } from 'vitest';
import { testFolders } from '../testing/testedHost.ts';
import { receiveUpload, removeUnusedUploads } from './uploads.ts';

const { folder, folders } = await testFolders();
afterEach(() => rm(folder, { recursive: true, force: true }));

const day = 24 * 3600;

async function write(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
}

async function upload(name: string, ageInDays: number): Promise<string> {
  const file = path.join(folders.uploads, name, 'data.csv');
  await write(file, 'a,b\n1,2\n');
  const then = Date.now() / 1000 - ageInDays * day;
  await utimes(path.dirname(file), then, then);
  return file;
}

it('keeps uploads named by a run, the current configuration or the list of files, and new ones', async () => {
  const [run, draft, recent, young, unused, deleted] = await Promise.all([
    upload('2026-01-01-aaaaaaaaaaaa', 90),
    upload('2026-01-02-bbbbbbbbbbbb', 90),
    upload('2026-01-03-cccccccccccc', 90),
    upload('2026-01-04-dddddddddddd', 0.5),
    upload('2026-01-05-eeeeeeeeeeee', 2),
    upload('2026-01-06-ffffffffffff', 90),
  ]);
  await write(path.join(folders.runs, 'one', 'run.json'), JSON.stringify({ data: { source: { path: run } } }));
  // A deleted run can be restored.
  const binned = path.join(folders.runs, '.bin', '01234567-one', 'run.json');
  await write(binned, JSON.stringify({ data: { source: { path: deleted } } }));
  await write(path.join(folders.runs, 'not-a-run.txt'), unused);
  await write(path.join(folders.state, 'draft-electron.json'), JSON.stringify({ document: { path: draft } }));
  await write(path.join(folders.state, 'recent-files.json'), JSON.stringify([{ path: recent }]));

  expect(await removeUnusedUploads(folders)).toEqual(['2026-01-05-eeeeeeeeeeee']);
  expect([run, draft, recent, young, deleted].filter((file) => !existsSync(file))).toEqual([]);
  expect(existsSync(unused)).toBe(false);
});

it('removes nothing if a document cannot be read', async () => {
  const file = await upload('2026-01-06-ffffffffffff', 90);
  await mkdir(path.join(folders.state, 'draft-browser.json'), { recursive: true });
  await expect(removeUnusedUploads(folders)).rejects.toThrow();
  expect(existsSync(file)).toBe(true);
});

it('does nothing if nothing was uploaded', async () => {
  expect(await removeUnusedUploads(folders)).toEqual([]);
});

it('reports where and why an upload cannot be stored', async () => {
  await write(folders.uploads, 'in the way');
  const request = Object.assign(Readable.from(['a']), { headers: {}, complete: true }) as unknown as IncomingMessage;
  await expect(receiveUpload(request, folders.uploads, 'a.csv')).rejects.toMatchObject({
    code: 'file',
    message: expect.stringMatching(/^Cannot write to .*uploads: .*\.$/) as string,
  });
});
