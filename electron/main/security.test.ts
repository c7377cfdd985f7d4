import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { externalLinks } from '../../native/contract/window.ts';
import { linkAddresses } from '../services/links.ts';
import { RendererFiles } from '../services/rendererFiles.ts';
import * as stub from '../testing/electronStub.ts';

vi.mock('electron', () => import('../testing/electronStub.ts'));

const { registerAppScheme, setupAppProtocol } = await import('./appProtocol.ts');
const { isAppAddress } = await import('./appOrigin.ts');
const { setupSecurity } = await import('./security.ts');
const { setupMainWindow } = await import('./mainWindow.ts');
const { electronPlatform } = await import('./dialogs.ts');

/**
 * The checklist of https://www.electronjs.org/docs/latest/tutorial/security, item by item, on the window as it is created.
 * Fuses (19) are a configuration, tested in build/packaging; the sender of messages (17) and the exposed functions of the
 * preload script (20) are tested in windowIpc.test.ts. boot.test.ts tests the same on the whole built application.
 */
let folder: string;
let window: stub.BrowserWindow;
let preferences: Record<string, unknown>;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'orthant-security-'));
  mkdirSync(path.join(folder, 'renderer', 'assets'), { recursive: true });
  writeFileSync(path.join(folder, 'renderer', 'index.html'), '<!doctype html>');
  writeFileSync(path.join(folder, 'renderer', 'assets', 'a.js'), '');
  writeFileSync(path.join(folder, 'secret.json'), '{}');
  writeFileSync(path.join(folder, 'preload.cjs'), '');
  await stub.app.boot(() => {
    stub.app.enableSandbox();
    registerAppScheme();
    return Promise.resolve();
  });
  setupSecurity();
  setupAppProtocol(new RendererFiles(path.join(folder, 'renderer')));
  const main = setupMainWindow(folder, () => undefined);
  main.show();
  window = main.current() as unknown as stub.BrowserWindow;
  ({ preferences } = window.webContents);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const handler = (name: string): ((...args: unknown[]) => unknown) =>
  stub.session.defaultSession.handlers[name] as (...args: unknown[]) => unknown;

describe('the security checklist', () => {
  it('1. loads only local content: no request leaves the computer', async () => {
    for (const address of [
      'http://example.org/',
      'https://example.org/x.js',
      'ws://example.org',
      'file:///etc/passwd',
      'ftp://x/',
    ]) {
      await expect(stub.load(address), address).rejects.toThrow('ERR_BLOCKED_BY_CLIENT');
    }
    expect((await stub.load('app://orthant/index.html')).status).toBe(200);
  });

  it('2. gives pages no Node', () => {
    expect(preferences).toMatchObject({
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
    });
  });

  it('3. isolates contexts', () => {
    expect(preferences).toMatchObject({ contextIsolation: true });
  });

  it('4. sandboxes every process', () => {
    expect(stub.app.seen.sandboxed).toBe(true);
    expect(preferences).toMatchObject({ sandbox: true });
  });

  it('5. refuses permissions, except writing text to the clipboard', () => {
    const ours = 'app://orthant/index.html';
    const asked = (permission: string, requestingUrl = ours): unknown => {
      let granted: unknown;
      handler('permissionRequest')({}, permission, (answer: boolean) => (granted = answer), { requestingUrl });
      return granted;
    };
    for (const permission of [
      'media',
      'geolocation',
      'notifications',
      'midi',
      'pointerLock',
      'fullscreen',
      'openExternal',
      'clipboard-read',
      'hid',
      'unknown',
    ]) {
      expect(asked(permission), permission).toBe(false);
      expect(handler('permissionCheck')({}, permission, 'app://orthant/'), permission).toBe(false);
    }
    expect(asked('clipboard-sanitized-write')).toBe(true);
    expect(handler('permissionCheck')({}, 'clipboard-sanitized-write', 'app://orthant/')).toBe(true);
    expect(asked('clipboard-sanitized-write', 'https://example.org/')).toBe(false);
    expect(handler('permissionCheck')({}, 'clipboard-sanitized-write', 'https://example.org/')).toBe(false);
    expect(handler('devicePermission')({})).toBe(false);
  });

  it('6. keeps web security enabled', () => {
    expect(preferences).toMatchObject({ webSecurity: true });
  });

  it('7. sends a strict content policy with every page', async () => {
    const { headers } = await stub.load('app://orthant/');
    const policy = Object.fromEntries(
      (headers.get('content-security-policy') ?? '').split('; ').map((rule) => {
        const [name = '', ...values] = rule.split(' ');
        return [name, values.join(' ')];
      }),
    );
    expect(policy).toEqual({
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': "'self'",
      'img-src': "'self' data: blob:",
      'font-src': "'self'",
      'connect-src': "'self'",
      'worker-src': "'self'",
      'base-uri': "'none'",
      'form-action': "'none'",
      'frame-ancestors': "'none'",
      'object-src': "'none'",
    });
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('8. to 10. allows no insecure content, no experimental and no Blink features', () => {
    expect(preferences).toMatchObject({ allowRunningInsecureContent: false, experimentalFeatures: false });
    expect(preferences).not.toHaveProperty('enableBlinkFeatures');
  });

  it('11. and 12. has no web views, which could open windows', () => {
    expect(preferences).toMatchObject({ webviewTag: false });
    expect(window.webContents.navigate('app://orthant/', 'will-attach-webview')).toBe(false);
  });

  it('13. navigates to no other page', () => {
    for (const event of ['will-navigate', 'will-frame-navigate', 'will-redirect']) {
      for (const address of [
        'https://example.org/',
        'file:///etc/passwd',
        'app://orthant/other.html',
        'app://other/',
      ]) {
        expect(window.webContents.navigate(address, event), `${event} ${address}`).toBe(false);
      }
    }
  });

  it('14. opens no windows', () => {
    expect(window.webContents.openHandler?.({ url: 'app://orthant/' })).toEqual({ action: 'deny' });
    expect(window.webContents.openHandler?.({ url: 'https://example.org/' })).toEqual({ action: 'deny' });
  });

  it('15. opens only listed addresses in the browser', async () => {
    const platform = electronPlatform(window as never, folder);
    for (const address of ['https://example.org/', 'file:///bin/sh', `${linkAddresses.onnx}x`]) {
      await expect(platform.openExternal(address)).rejects.toMatchObject({ code: 'usage' });
    }
    expect(stub.shell.opened).toEqual([]);
    await platform.openExternal(linkAddresses.onnx);
    expect(stub.shell.opened).toEqual([linkAddresses.onnx]);
    for (const link of externalLinks) expect(new URL(linkAddresses[link]).protocol).toBe('https:');
  });

  it('16. uses exactly the tested version of Electron, of a release line supported at that time', () => {
    const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
    const { devDependencies } = read('package.json') as { devDependencies: { electron: string } };
    const { packages } = read('package-lock.json') as { packages: Record<string, { version: string }> };
    // An exact version: with a range npm could install an untested one.
    expect(devDependencies.electron).toMatch(/^\d+\.\d+\.\d+$/);
    expect(packages['node_modules/electron']?.version).toBe(devDependencies.electron);
    // Three release lines are supported at a time; 43 was the oldest when this was written. An offline test cannot know today's.
    expect(Number(devDependencies.electron.split('.')[0])).toBeGreaterThanOrEqual(43);
  });

  it('18. serves its own scheme and host only, and only built files', async () => {
    const scheme = stub.protocol.schemes.find(({ scheme }) => scheme === 'app');
    expect(scheme?.privileges).toMatchObject({ standard: true, secure: true });
    expect(scheme?.privileges).not.toHaveProperty('bypassCSP');
    for (const address of [
      'app://orthant/../secret.json',
      'app://orthant/..%2fsecret.json',
      'app://orthant/%2e%2e%2fsecret.json',
      'app://orthant/assets/..%5c..%5csecret.json',
      'app://other/index.html',
      'app://orthant:80/index.html',
      `app://orthant/${encodeURIComponent(path.join(folder, 'secret.json'))}`,
    ]) {
      expect((await stub.load(address)).status, address).toBe(404);
    }
    expect((await stub.load('app://orthant/index.html', 'POST')).status).toBe(404);
    const script = await stub.load('app://orthant/assets/a.js');
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  });

  it('distinguishes its own addresses from similar ones', () => {
    expect(isAppAddress('app://orthant/index.html')).toBe(true);
    for (const address of [
      'app://orthant.evil/',
      'app://evil@orthant/',
      'http://orthant/',
      'app:orthant',
      'about:blank',
      '',
      'app://orthant:1/',
    ]) {
      expect(isAppAddress(address), address).toBe(false);
    }
  });
});
