import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { constraintMethods } from '../constraints/registry.ts';
import { buildCode, builtFile } from '../engine/testing/builtEngine.ts';
import { createProgram } from './cliProgram.ts';

/** The help of the command line, word for word: `vitest --update=all` rewrites the files in golden/. */

const golden: Readonly<Record<string, readonly string[]>> = Object.fromEntries([
  ['help', ['--help']],
  ...createProgram().commands.map((command) => [`help-${command.name()}`, [command.name(), '--help']]),
  ['methods', ['methods']],
  ...['auto', ...constraintMethods.map(({ id }) => id)].map((id) => [`methods-${id}`, ['methods', id]]),
]) as Record<string, readonly string[]>;

beforeAll(() => {
  buildCode();
});

const printed = async (args: readonly string[]): Promise<string> =>
  (
    await promisify(execFile)(process.execPath, [builtFile('cli.js'), ...args], {
      env: { ...process.env, COLUMNS: undefined },
    })
  ).stdout;

test.each(Object.entries(golden))('golden/%s.txt', async (name, args) => {
  await expect(await printed(args)).toMatchFileSnapshot(`golden/${name}.txt`);
});

test('every golden file belongs to a command or a method that exists', () => {
  const files = readdirSync(new URL('golden/', import.meta.url));
  expect(files.toSorted()).toEqual(
    Object.keys(golden)
      .map((name) => `${name}.txt`)
      .toSorted(),
  );
});
