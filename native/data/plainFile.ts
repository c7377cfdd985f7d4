import { createHash } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeFileError } from '../contract/fileErrors.ts';
import type { ReadRequest } from './rawTable.ts';
import { fileBytes } from './text/source.ts';

/**
 * Runs `work` with the path of the uncompressed file: the file itself, or a temporary copy of a gzip file.
 *
 * @param work - receives the path to read and the SHA-256 of the file on disk, computed in parallel
 */
export async function withPlainFile<Result>(
  request: ReadRequest,
  work: (path: string, sha256: Promise<string>) => Promise<Result>,
): Promise<Result> {
  const { path, file, signal } = request;
  const hash = createHash('sha256');
  const bytes = fileBytes(path, file.compressed, { hash, signal });
  if (!file.compressed) {
    const digest = drain(bytes).then(() => hash.digest('hex'));
    // If `work` fails first, no caller handles an error of the digest.
    digest.catch(() => undefined);
    return work(path, digest);
  }
  const folder = await mkdtemp(join(tmpdir(), 'orthant-unzipped-'));
  try {
    const plain = join(folder, 'plain');
    const copy = await open(plain, 'w');
    try {
      for await (const chunk of bytes) {
        await copy.appendFile(chunk).catch((error: unknown) => {
          throw describeFileError(error, `unpack ${path} to ${plain}`);
        });
      }
    } finally {
      await copy.close();
    }
    return await work(plain, Promise.resolve(hash.digest('hex')));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function drain(bytes: AsyncIterable<Buffer>): Promise<void> {
  const chunks = bytes[Symbol.asyncIterator]();
  while ((await chunks.next()).done !== true);
}
