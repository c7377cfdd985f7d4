import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as stub from '../testing/electronStub.ts';

vi.mock('electron', () => import('../testing/electronStub.ts'));
const { electronPlatform } = await import('./dialogs.ts');
const { filesOfArguments, setupOpenFiles } = await import('./openFiles.ts');
const { setupSingleInstance } = await import('./singleInstance.ts');
const { setupMainWindow, windowOptions } = await import('./mainWindow.ts');

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'orthant-system-'));
  mkdirSync(path.join(folder, 'sub'));
  for (const name of ['a.csv', 'b.orthant']) writeFileSync(path.join(folder, name), '');
  await stub.app.boot(() => Promise.resolve());
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('files on the command line', () => {
  it('are the arguments that are no options, resolved against the folder of the command', () => {
    const argv = ['/opt/orthant', '--flag', 'a.csv', 'missing.csv', path.join(folder, 'b.orthant')];
    // One that is not there is not passed over: the host says so.
    const expected = ['a.csv', 'missing.csv', 'b.orthant'].map((name) => path.join(folder, name));
    expect(filesOfArguments(argv, folder, true)).toEqual(expected);
    expect(filesOfArguments(['/electron', '.', ...argv.slice(1)], folder, false)).toEqual(expected);
    // Before packaging the second argument is the application itself.
    expect(filesOfArguments(['/electron', 'a.csv'], folder, false)).toEqual([]);
  });

  it("wait until somebody takes them, as do macOS's open-file and those of a second start", () => {
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

describe('a second start', () => {
  it('is told to the first', () => {
    const second = vi.fn();
    expect(setupSingleInstance(second)).toBe(true);
    stub.app.emit('second-instance', {}, [], folder);
    expect(second).toHaveBeenCalledOnce();
  });

  it('ends itself', () => {
    stub.app.lockTaken = true;
    const quit = vi.spyOn(stub.app, 'quit').mockImplementation(() => undefined);
    expect(setupSingleInstance(() => undefined)).toBe(false);
    expect(quit).toHaveBeenCalledOnce();
    quit.mockRestore();
    stub.app.lockTaken = false;
  });
});

describe('dialogs', () => {
  it('offer the kinds of file, and begin where a file was chosen last', async () => {
    const platform = electronPlatform(new stub.BrowserWindow() as never, path.join(folder, 'state'));
    stub.dialog.answers.push(
      { canceled: false, filePaths: [path.join(folder, 'a.csv')] },
      { canceled: true, filePaths: [] },
    );
    expect(await platform.chooseFile('data')).toBe(path.join(folder, 'a.csv'));
    expect(await platform.chooseFile('configuration')).toBeUndefined();
    expect(stub.dialog.asked[1]).toMatchObject({
      defaultPath: folder,
      filters: [{ extensions: ['orthant', 'json'] }, { extensions: ['*'] }],
    });
  });

  it('save under the suggested name, whatever folder it names', async () => {
    const platform = electronPlatform(new stub.BrowserWindow() as never, path.join(folder, 'state'));
    stub.dialog.answers.push(
      { canceled: false, filePath: path.join(folder, 'm.onnx') },
      { canceled: true, filePath: '' },
    );
    expect(await platform.chooseOutput('../../m.onnx')).toEqual({ path: path.join(folder, 'm.onnx') });
    expect(path.basename(String(stub.dialog.asked.at(-1)?.defaultPath))).toBe('m.onnx');
    expect(String(stub.dialog.asked.at(-1)?.defaultPath)).not.toContain('..');
    expect(await platform.chooseOutput('m.onnx')).toEqual({});
  });

  it('show only files that are there', async () => {
    const platform = electronPlatform(new stub.BrowserWindow() as never, path.join(folder, 'state'));
    await platform.showInFolder(path.join(folder, 'a.csv'));
    await expect(platform.showInFolder(path.join(folder, 'gone'))).rejects.toMatchObject({ code: 'file' });
    expect(stub.shell.shown).toEqual([path.join(folder, 'a.csv')]);
  });
});

describe('the main window', () => {
  it('keeps its place by its name', () => {
    expect(windowOptions('/p', true)).toMatchObject({ name: 'main', windowStatePersistence: true });
  });

  it('is one: shown again when asked for, opened anew after it was closed', () => {
    stub.protocol.handle('app', () => new Response(''));
    writeFileSync(path.join(folder, 'preload.cjs'), '');
    const opened: unknown[] = [];
    const main = setupMainWindow(folder, (window) => opened.push(window));
    const first = main.show();
    expect(main.show()).toBe(first);
    first.destroy();
    expect(main.current()).toBeUndefined();
    stub.app.emit('activate');
    expect(opened.length).toBe(2);
  });

  it('loads its page again after a crash, but not for ever', async () => {
    const main = setupMainWindow(folder, () => undefined);
    const { webContents } = main.show() as unknown as stub.BrowserWindow;
    await new Promise((resolve) => webContents.once('did-finish-load', resolve));
    for (let crash = 0; crash < 5; crash++) webContents.emit('render-process-gone', {}, { reason: 'crashed' });
    expect(webContents.reloads).toBe(3);
    webContents.emit('render-process-gone', {}, { reason: 'clean-exit' });
    expect(webContents.reloads).toBe(3);
  });
});
