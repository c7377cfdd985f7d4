import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { describeFileError } from '../contract/fileErrors.ts';
import { move, writeFileAtomic, writeFileAtomicAsync } from './files.mjs';

vi.mock('node:fs', async (original) => {
  const actual = await original<typeof import('node:fs')>();
  return { ...actual, renameSync: vi.fn(actual.renameSync) };
});
const rename = vi.mocked(renameSync);
const { platform } = process;

let folder: string;
const at = (name: string): string => path.join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'orthant-files-'));
  rename.mockClear();
});
afterEach(() => {
  Object.defineProperty(process, 'platform', { value: platform });
  rmSync(folder, { recursive: true, force: true });
});

/** Makes the next `times` renames fail with `code`, as on the system `on`. */
const refuseRenames = (code: string, times: number, on: string): void => {
  Object.defineProperty(process, 'platform', { value: on });
  for (let time = 0; time < times; time++) {
    rename.mockImplementationOnce(() => {
      throw Object.assign(new Error(code), { code });
    });
  }
};

/** The user's error message for a file that cannot be written. */
const failure = async (write: Promise<void>, file: string): Promise<Error> => {
  const error: unknown = await write.then(
    () => new Error('nothing was thrown'),
    (thrown: unknown) => thrown,
  );
  return describeFileError(error, `write ${file}`);
};

describe.each([
  [
    'writeFileAtomic',
    async (...args: Parameters<typeof writeFileAtomic>): Promise<void> => {
      await Promise.resolve();
      writeFileAtomic(...args);
    },
  ],
  ['writeFileAtomicAsync', writeFileAtomicAsync],
])('%s', (_name, write) => {
  test('makes the folders, replaces the content, leaves nothing else', async () => {
    const file = at('a/b/c.json');
    await write(file, '{"a":1}');
    await write(file, '{"a":2}');
    expect(readFileSync(file, 'utf8')).toBe('{"a":2}');
    expect(readdirSync(path.dirname(file))).toEqual(['c.json']);
  });

  test('writes pieces in order, text and bytes', async () => {
    await write(
      at('pieces'),
      (function* () {
        yield 'µ,';
        yield new Uint8Array([49, 10]);
        yield 'end';
      })(),
    );
    expect(readFileSync(at('pieces'), 'utf8')).toBe('µ,1\nend');
  });

  test('keeps the old content when writing fails half way', async () => {
    writeFileSync(at('kept'), 'before');
    const pieces = (function* () {
      yield 'half';
      throw new Error('source ended');
    })();
    await expect(write(at('kept'), pieces)).rejects.toThrow('source ended');
    expect(readFileSync(at('kept'), 'utf8')).toBe('before');
    expect(readdirSync(folder)).toEqual(['kept']);
  });

  test.skipIf(platform === 'win32')('follows a link, keeps the link, and keeps the mode of the file', async () => {
    writeFileSync(at('real'), 'before');
    chmodSync(at('real'), 0o640);
    symlinkSync(at('real'), at('link'));
    await write(at('link'), 'after', 0o600);
    expect(lstatSync(at('link')).isSymbolicLink()).toBe(true);
    expect(readFileSync(at('real'), 'utf8')).toBe('after');
    expect(statSync(at('real')).mode & 0o777).toBe(0o640);
  });

  test.skipIf(platform === 'win32')('gives a new file the requested mode', async () => {
    await write(at('secret'), 'x', 0o600);
    expect(statSync(at('secret')).mode & 0o777).toBe(0o600);
  });

  test("reports a folder in the file's place, or a file in a folder's place, and leaves nothing", async () => {
    mkdirSync(at('taken'));
    const inTheWay = await failure(write(at('taken'), 'x'), at('taken'));
    expect(inTheWay).toMatchObject({
      code: 'file',
      message: expect.stringContaining('it is a folder. Give a file') as string,
    });
    expect(readdirSync(folder)).toEqual(['taken']);
    writeFileSync(at('file'), '');
    expect((await failure(write(at('file/x'), 'x'), at('file/x'))).message).toMatch(/not a folder/);
  });

  test.runIf(existsSync('/dev/full'))(
    'a full disk is reported with a remedy, and a device stays a device',
    async () => {
      const error = await failure(write('/dev/full', 'x'), '/dev/full');
      expect(error).toMatchObject({
        code: 'file',
        message: 'Cannot write /dev/full: the disk is full. Free some space, or choose a folder on another disk.',
      });
      expect(statSync('/dev/full').isCharacterDevice()).toBe(true);
    },
  );

  test('retries on Windows while a virus scanner has the file open', async () => {
    refuseRenames('EPERM', 2, 'win32');
    await write(at('held'), 'x');
    expect(rename).toHaveBeenCalledTimes(3);
    expect(readFileSync(at('held'), 'utf8')).toBe('x');
  });

  test.each([
    ['EPERM', 'linux'],
    ['ENOENT', 'win32'],
  ])('reports a permanent failure at once, and leaves nothing: %s on %s', async (code, on) => {
    refuseRenames(code, 1, on);
    await expect(write(at('x'), '')).rejects.toThrow(code);
    expect(rename).toHaveBeenCalledOnce();
    expect(readdirSync(folder)).toEqual([]);
  });
});

test('moving a folder is retried in the same way', () => {
  mkdirSync(at('a'));
  refuseRenames('EBUSY', 2, 'win32');
  move(at('a'), at('b'));
  expect(rename.mock.calls).toEqual(Array(3).fill([at('a'), at('b')]));
  expect(readdirSync(folder)).toEqual(['b']);
});
