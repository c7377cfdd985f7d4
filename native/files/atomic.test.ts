import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { OrthantError } from '../contract/errors.ts';
import { describeFileError, move, writeFileAtomic } from './atomic.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'orthant-atomic-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const failure = (action: () => void): OrthantError => {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(OrthantError);
    return error as OrthantError;
  }
  throw new Error('nothing was thrown');
};

describe('writeFileAtomic', () => {
  test('makes the folders, writes the content, leaves nothing else', () => {
    const file = path.join(folder, 'a', 'b', 'c.json');
    writeFileAtomic(file, '{"a":1}');
    expect(readFileSync(file, 'utf8')).toBe('{"a":1}');
    expect(readdirSync(path.dirname(file))).toEqual(['c.json']);
  });

  test('writes pieces in order, text and bytes', () => {
    const file = path.join(folder, 'pieces');
    writeFileAtomic(
      file,
      (function* () {
        yield 'µ,';
        yield new Uint8Array([49, 10]);
        yield 'end';
      })(),
    );
    expect(readFileSync(file, 'utf8')).toBe('µ,1\nend');
  });

  test('keeps what was there when the content fails half way', () => {
    const file = path.join(folder, 'kept');
    writeFileSync(file, 'before');
    expect(() => {
      writeFileAtomic(
        file,
        (function* () {
          yield 'half';
          throw new Error('source ended');
        })(),
      );
    }).toThrow('source ended');
    expect(readFileSync(file, 'utf8')).toBe('before');
    expect(readdirSync(folder)).toEqual(['kept']);
  });

  test('follows a symbolic link and keeps the mode of the file it replaces', () => {
    const file = path.join(folder, 'real');
    const link = path.join(folder, 'link');
    writeFileSync(file, 'before');
    chmodSync(file, 0o640);
    symlinkSync(file, link);
    writeFileAtomic(link, 'after');
    expect(readFileSync(file, 'utf8')).toBe('after');
    expect(statSync(file).mode & 0o777).toBe(0o640);
  });

  test('says so when a folder is in the way, or a file is where a folder should be', () => {
    mkdirSync(path.join(folder, 'taken'));
    expect(
      failure(() => {
        writeFileAtomic(path.join(folder, 'taken'), 'x');
      }),
    ).toMatchObject({
      code: 'file',
      message: expect.stringContaining('it is a folder. Name a file') as string,
    });
    writeFileSync(path.join(folder, 'file'), '');
    expect(
      failure(() => {
        writeFileAtomic(path.join(folder, 'file', 'x'), 'x');
      }).message,
    ).toMatch(/not a folder/);
  });

  test.runIf(existsSync('/dev/full'))('a full disk is named with what to do, and a device stays a device', () => {
    const error = failure(() => {
      writeFileAtomic('/dev/full', 'x');
    });
    expect(error).toMatchObject({ code: 'file' });
    expect(error.message).toBe(
      'Cannot write /dev/full: the disk is full. Free some space, or choose a folder on another disk.',
    );
    expect(statSync('/dev/full').isCharacterDevice()).toBe(true);
  });
});

test('errors that are none of the file system pass through unchanged', () => {
  const own = new OrthantError('data', 'a');
  const plain = new TypeError('b');
  expect(describeFileError(own, 'read x')).toBe(own);
  expect(describeFileError(plain, 'read x')).toBe(plain);
});

describe('move', () => {
  const refusing = (code: string, times: number) => {
    const refusal = Object.assign(new Error(code), { code });
    const rename = vi.fn();
    for (let time = 0; time < times; time++) {
      rename.mockImplementationOnce(() => {
        throw refusal;
      });
    }
    return rename;
  };

  test('tries again on Windows what a virus scanner holds for a moment', () => {
    const rename = refusing('EPERM', 2);
    move('a', 'b', rename, 'win32');
    expect(rename.mock.calls).toEqual([
      ['a', 'b'],
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });

  test.each([
    ['EPERM', 'linux'],
    ['ENOENT', 'win32'],
  ])('says at once what will not pass: %s on %s', (code, platform) => {
    const rename = refusing(code, 1);
    expect(() => {
      move('a', 'b', rename, platform);
    }).toThrow(code);
    expect(rename).toHaveBeenCalledOnce();
  });
});
