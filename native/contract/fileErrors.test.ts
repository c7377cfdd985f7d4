import { expect, test } from 'vitest';
import { OrthantError } from './errors.ts';
import { attempt, describeFileError } from './fileErrors.ts';

test('other errors than those of the file system are returned unchanged', () => {
  const own = new OrthantError('data', 'a');
  const plain = new TypeError('b');
  expect(describeFileError(own, 'read x')).toBe(own);
  expect(describeFileError(plain, 'read x')).toBe(plain);
});

test('an error of the file system names the action, the cause and the remedy', () => {
  const refusal = Object.assign(new Error('EROFS: read-only'), { code: 'EROFS' });
  expect(() => {
    attempt('write x', () => {
      throw refusal;
    });
  }).toThrow(
    expect.objectContaining({
      code: 'file',
      message: 'Cannot write x: the disk is mounted read-only. Choose a folder on another disk.',
      cause: refusal,
    }),
  );
  expect(describeFileError(refusal, 'read x', 'path')).toMatchObject({ field: 'path' });
});
