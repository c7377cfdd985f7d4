import { symlinkSync } from 'node:fs';
import type * as fs from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, it, vi } from 'vitest';
import { fileFacts } from './fileFormat.ts';
import { recogniseFile } from './readers.ts';
import { testFolder } from './testing/testFiles.ts';

/** Replaces the path of the file when its content is read, after its first bytes were read. */
const later = vi.hoisted(() => ({ path: undefined as string | undefined }));
vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>();
  return {
    ...real,
    createReadStream: (...[path, ...rest]: Parameters<typeof real.createReadStream>) =>
      real.createReadStream(later.path ?? path, ...rest),
  };
});
afterEach(() => {
  later.path = undefined;
});

const folder = testFolder();

it('reports that a gzipped file was removed while it is examined', async () => {
  const path = folder.write('a.csv.gz', gzipSync('a,b\n1,2\n'));
  const facts = await fileFacts(path);
  expect(await recogniseFile(path, facts)).toMatchObject({ format: 'csv', compressed: true });
  later.path = `${path}.gone`;
  await expect(recogniseFile(path, facts)).rejects.toMatchObject({
    code: 'file',
    message: `Cannot read ${path}: it does not exist. Check the path.`,
  });
});

it.skipIf(process.platform === 'win32')('reports what to do about a link that leads to itself', async () => {
  const path = join(folder.path, 'loop.csv');
  symlinkSync(path, path);
  await expect(fileFacts(path)).rejects.toMatchObject({
    code: 'file',
    message: `Cannot read ${path}: its symbolic links form a circle. Fix them, or give the path itself.`,
  });
});
