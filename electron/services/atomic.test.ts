import { lstat, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { move, writeAtomically } from './atomic.ts';

const folder = await mkdtemp(path.join(tmpdir(), 'orthant-atomic-'));
const at = (name: string): string => path.join(folder, name);
afterAll(() => rm(folder, { recursive: true }));

it('writes a file anew, with the folders above it', async () => {
  await writeAtomically(at('made/a.json'), '1');
  await writeAtomically(at('made/a.json'), '2');
  expect(await readFile(at('made/a.json'), 'utf8')).toBe('2');
  expect(await readdir(at('made'))).toEqual(['a.json']);
});

it.skipIf(process.platform === 'win32')('leaves a link where it is, and the permissions that a file has', async () => {
  await writeFile(at('secret.orthant'), 'old', { mode: 0o600 });
  await symlink(at('secret.orthant'), at('link.orthant'));
  await writeAtomically(at('link.orthant'), 'new');
  expect((await lstat(at('link.orthant'))).isSymbolicLink()).toBe(true);
  expect(await readFile(at('secret.orthant'), 'utf8')).toBe('new');
  expect((await stat(at('secret.orthant'))).mode & 0o777).toBe(0o600);
});

it('leaves nothing where it cannot write', async () => {
  await writeAtomically(at('folder/in-the-way/x'), '');
  await expect(writeAtomically(at('folder/in-the-way'), 'text')).rejects.toThrow();
  expect(await readdir(at('folder'))).toEqual(['in-the-way']);
});

it('tries again on Windows what a virus scanner holds for a moment, and nothing else', async () => {
  const refusal = (code: string) => Object.assign(new Error(code), { code });
  const held = vi.fn().mockRejectedValueOnce(refusal('EPERM')).mockRejectedValueOnce(refusal('EBUSY'));
  await move('a', 'b', held, 'win32');
  expect(held).toHaveBeenCalledTimes(3);
  const gone = vi.fn().mockRejectedValue(refusal('ENOENT'));
  await expect(move('a', 'b', gone, 'win32')).rejects.toThrow('ENOENT');
  expect(gone).toHaveBeenCalledOnce();
});
