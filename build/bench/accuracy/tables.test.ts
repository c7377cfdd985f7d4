import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { folderTables, partsOf } from './tables.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'orthant-test-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});
const write = (file: string, text = ''): void => {
  writeFileSync(path.join(folder, file), text);
};

test('the targets of known files are known, and those of a folder come first', () => {
  for (const file of ['trees.csv', 'penguins.csv', 'own.csv', 'notes.txt']) write(file);
  write('targets.json', '{ "own.csv": ["a", "b"], "trees.csv": ["Girth"] }');
  expect(folderTables(folder).map(({ name, targets }) => [name, targets])).toEqual([
    ['own', ['a', 'b']],
    ['penguins', ['body_mass_g']],
    ['trees', ['Girth']],
  ]);
});

test('a table has default settings besides its data and targets', () => {
  write('trees.csv');
  const [table] = folderTables(folder);
  expect(table?.configuration.data.source).toEqual({ kind: 'file', path: path.join(folder, 'trees.csv') });
  expect(table?.configuration.data.columns).toEqual({ Volume: { role: 'target' } });
});

test('a file without a named target is reported with the place to name it', () => {
  write('own.csv');
  expect(() => folderTables(folder)).toThrow(`${path.join(folder, 'targets.json')} names no targets of own.csv.`);
});

test('every row has the part that the split by seed gives it', () => {
  const parts = partsOf(200, { by: 'seed', validation: 0.15, test: 0.05, seed: 3 }) ?? [];
  const count = (name: string): number => parts.filter((part) => part === name).length;
  expect([count('train'), count('validation'), count('test')]).toEqual([160, 30, 10]);
  expect(partsOf(200, { by: 'seed', validation: 0.15, test: 0.05, seed: 4 })).not.toEqual(parts);
  expect(partsOf(200, { by: 'column', column: 'part' })).toBeUndefined();
});
