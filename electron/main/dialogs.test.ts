import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { dataFileEndings } from '../../native/contract/fileFormats.ts';
import * as stub from '../testing/electronStub.ts';

vi.mock('electron', () => import('../testing/electronStub.ts'));
const { electronPlatform } = await import('./dialogs.ts');

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'orthant-dialogs-'));
  writeFileSync(path.join(folder, 'a.csv'), '');
  await stub.app.boot(() => Promise.resolve());
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('dialogs', () => {
  it('offer the kinds of file, and open in the folder used last', async () => {
    const platform = electronPlatform(new stub.BrowserWindow() as never, path.join(folder, 'state'));
    stub.dialog.answers.push(
      { canceled: false, filePaths: [path.join(folder, 'a.csv')] },
      { canceled: true, filePaths: [] },
    );
    expect(await platform.chooseFile('data')).toBe(path.join(folder, 'a.csv'));
    expect(await platform.chooseFile('configuration')).toBeUndefined();
    expect(stub.dialog.asked[0]).toMatchObject({
      filters: [{ name: 'Tables and arrays', extensions: [...dataFileEndings] }, { extensions: ['*'] }],
    });
    expect(stub.dialog.asked[1]).toMatchObject({
      defaultPath: folder,
      filters: [{ extensions: ['orthant', 'json'] }, { extensions: ['*'] }],
    });
  });

  it('save under the suggested name, ignoring its folder', async () => {
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

  it('return the chosen file even if its folder cannot be remembered', async () => {
    const state = path.join(folder, 'a.csv', 'no-folder');
    const platform = electronPlatform(new stub.BrowserWindow() as never, state);
    stub.dialog.answers.push(
      { canceled: false, filePaths: [path.join(folder, 'a.csv')] },
      { canceled: false, filePath: path.join(folder, 'm.onnx') },
    );
    expect(await platform.chooseFile('data')).toBe(path.join(folder, 'a.csv'));
    expect(await platform.chooseOutput('m.onnx')).toEqual({ path: path.join(folder, 'm.onnx') });
  });

  it('show only files that exist', async () => {
    const platform = electronPlatform(new stub.BrowserWindow() as never, path.join(folder, 'state'));
    await platform.showInFolder(path.join(folder, 'a.csv'));
    await expect(platform.showInFolder(path.join(folder, 'gone'))).rejects.toMatchObject({ code: 'file' });
    expect(stub.shell.shown).toEqual([path.join(folder, 'a.csv')]);
  });
});
