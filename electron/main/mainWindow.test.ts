import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as stub from '../testing/electronStub.ts';

vi.mock('electron', () => import('../testing/electronStub.ts'));
const { setupMainWindow, windowOptions } = await import('./mainWindow.ts');

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'orthant-window-'));
  await stub.app.boot(() => Promise.resolve());
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('the main window', () => {
  it('restores its position by its name', () => {
    expect(windowOptions('/p', true)).toMatchObject({ name: 'main', windowStatePersistence: true });
  });

  it('exists once: shown again when requested, opened anew after it was closed', () => {
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

  it('reloads its page after a crash, but not without limit', async () => {
    const main = setupMainWindow(folder, () => undefined);
    const { webContents } = main.show() as unknown as stub.BrowserWindow;
    await new Promise((resolve) => webContents.once('did-finish-load', resolve));
    for (let crash = 0; crash < 5; crash++) webContents.emit('render-process-gone', {}, { reason: 'crashed' });
    expect(webContents.reloads).toBe(3);
    webContents.emit('render-process-gone', {}, { reason: 'clean-exit' });
    expect(webContents.reloads).toBe(3);
  });
});
