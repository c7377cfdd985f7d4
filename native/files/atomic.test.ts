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
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { OrthantError } from '../contract/errors.ts';
import { describeFileError, writeFileAtomic } from './atomic.ts';

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
