import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as stub from '../testing/electronStub.ts';

vi.mock('electron', () => import('../testing/electronStub.ts'));
const { filesOfArguments, setupOpenFiles } = await import('./openFiles.ts');

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'orthant-open-files-'));
  mkdirSync(path.join(folder, 'sub'));
  for (const name of ['a.csv', 'b.orthant']) writeFileSync(path.join(folder, name), '');
  await stub.app.boot(() => Promise.resolve());
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('files on the command line', () => {
  it('are the arguments other than options, resolved against the folder of the command', () => {
    const argv = ['/opt/orthant', '--flag', 'a.csv', 'missing.csv', path.join(folder, 'b.orthant')];
    // A missing file is kept in the list: the host reports it.
    const expected = ['a.csv', 'missing.csv', 'b.orthant'].map((name) => path.join(folder, name));
    expect(filesOfArguments(argv, folder, true)).toEqual(expected);
    expect(filesOfArguments(['/electron', '.', ...argv.slice(1)], folder, false)).toEqual(expected);
    expect(filesOfArguments(['/electron', '--chromium', '.', ...argv.slice(1)], folder, false)).toEqual(expected);
    // Before packaging the second argument is the application itself.
    expect(filesOfArguments(['/electron', 'a.csv'], folder, false)).toEqual([]);
  });

  it("wait until a window takes them, as do macOS's open-file and those of a second start", () => {
    const onFiles = setupOpenFiles();
    const prevented = { preventDefault: vi.fn() };
    stub.app.emit('open-file', prevented, '/early.csv');
    expect(prevented.preventDefault).toHaveBeenCalled();
    const opened: string[] = [];
    onFiles((file) => opened.push(file));
    expect(opened).toEqual(['/early.csv']);
    stub.app.emit('second-instance', {}, ['/electron', '.', 'a.csv'], folder);
    stub.app.emit('open-file', prevented, '/late.csv');
    expect(opened).toEqual(['/early.csv', path.join(folder, 'a.csv'), '/late.csv']);
  });
});
