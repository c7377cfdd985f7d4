import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { connect as tcpConnect } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WindowEvent } from '../../native/contract/window.ts';
import type { TestedHost } from '../testing/testedHost.ts';
import { openSocket, startTestedHost, until } from '../testing/testedHost.ts';
import { Access } from './access.ts';
import { startServer } from './server.ts';

let tested: TestedHost;
let cookie: string;
beforeAll(async () => {
  tested = await startTestedHost();
  const renderer = path.join(tested.folder, 'renderer');
  mkdirSync(path.join(renderer, 'assets'), { recursive: true });
  writeFileSync(path.join(renderer, 'index.html'), '<!doctype html><title>Orthant</title>');
  writeFileSync(path.join(renderer, 'assets', 'index-a1b2c3d4.js'), 'export {};');
  writeFileSync(path.join(renderer, '.stamp'), 'not for the web');
  writeFileSync(path.join(tested.folder, 'secret.json'), '{}');
  symlinkSync(path.join(tested.folder, 'secret.json'), path.join(renderer, 'linked.json'));
  cookie = await tested.logIn();
});
afterAll(async () => {
  await tested.close();
});

/** A request without the normalisation of `fetch`: the path as written, any `Host`. */
function raw(
  options: { path?: string; method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<{ status: number; headers: Record<string, unknown>; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      {
        host: '127.0.0.1',
        port: tested.server.port,
        path: options.path ?? '/',
        method: options.method ?? 'GET',
        headers: { Cookie: cookie, ...options.headers },
      },
      (answer) => {
        let body = '';
        answer.setEncoding('utf8').on('data', (text: string) => (body += text));
        answer.on('end', () => {
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body });
        });
      },
    );
    sent.on('error', reject).end(options.body);
  });
}

describe('access', () => {
  it('accepts a token once, and sets a cookie that scripts and other sites cannot read', async () => {
    const address = tested.server.newAddress();
    const first = await fetch(address, { redirect: 'manual' });
    expect(first.status).toBe(303);
    expect(first.headers.get('location')).toBe('/');
    expect(first.headers.get('set-cookie')).toMatch(
      new RegExp(`^orthant-${tested.server.port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict; Max-Age=\\d+$`),
    );
    expect((await fetch(address, { redirect: 'manual' })).status).toBe(401);
  });

  it('replaces the previous address by a new one', async () => {
    const old = tested.server.newAddress();
    const fresh = tested.server.newAddress();
    expect((await fetch(old, { redirect: 'manual' })).status).toBe(401);
    expect((await fetch(fresh, { redirect: 'manual' })).status).toBe(303);
  });

  it("does not use up a token for a browser's prefetch", async () => {
    const address = tested.server.newAddress();
    const ahead = await fetch(address, { redirect: 'manual', headers: { 'Sec-Purpose': 'prefetch' } });
    expect(ahead.status).toBe(503);
    expect((await fetch(address, { redirect: 'manual' })).status).toBe(303);
  });

  it('serves nothing without the cookie', async () => {
    for (const where of ['/', '/assets/index-a1b2c3d4.js', '/upload', '/download/x/y', '/nothing']) {
      expect((await raw({ path: where, headers: { Cookie: '' } })).status, where).toBe(401);
      expect((await raw({ path: where, headers: { Cookie: `${cookie}x` } })).status, where).toBe(401);
    }
  });

  it('keeps its sessions over a restart', async () => {
    const again = await Access.open(tested.folders.state);
    const headers = { host: `127.0.0.1:${tested.server.port}` };
    expect(again.isKnown({ ...headers, cookie })).toBe(true);
    expect(again.isKnown({ host: '127.0.0.1:1', cookie })).toBe(false);
    const kept = readFileSync(path.join(tested.folders.state, 'sessions.json'), 'utf8');
    expect(kept).not.toContain(cookie.split('=')[1]);
  });

  it('keeps the sessions of another host that shares its folder', async () => {
    const other = await Access.open(tested.folders.state);
    const headers = (secret: string | undefined) => ({ host: '127.0.0.1:9', cookie: `orthant-9=${secret ?? ''}` });
    const secret = await other.redeem(other.newToken());
    // A login here follows; this host has not read the other host's sessions.
    await tested.logIn();
    const later = await Access.open(tested.folders.state);
    expect(later.isKnown(headers(secret))).toBe(true);
  });

  it('answers to names of this computer only', async () => {
    const status = async (host: string): Promise<number> =>
      (
        await raw({
          headers: { Host: host, Cookie: cookie.replace(/^orthant-\d+/, `orthant-${host.split(':').at(-1) ?? ''}`) },
        })
      ).status;
    for (const host of ['127.0.0.1:9', 'localhost:8080', '[::1]:4180', 'LOCALHOST:1']) {
      expect(await status(host), host).toBe(200);
    }
    for (const host of [
      'evil.example',
      'evil.example:4180',
      '127.0.0.1.evil.example:4180',
      '127.0.0.2:4180',
      '0.0.0.0:1',
      '192.168.0.1:4180',
      'localhost.:1',
    ]) {
      expect(await status(host), host).toBe(403);
    }
  });

  it('requires its own origin where something changes, and refuses others everywhere', async () => {
    const post = async (headers: Record<string, string>): Promise<number> =>
      (await raw({ method: 'POST', path: '/upload?name=a.csv', headers, body: 'x' })).status;
    expect(await post({ Origin: tested.origin })).toBe(200);
    expect(await post({})).toBe(403);
    for (const origin of [
      'null',
      'http://evil.example',
      `https://127.0.0.1:${tested.server.port}`,
      'http://127.0.0.1:1',
      `http://localhost:${tested.server.port}`,
    ]) {
      expect(await post({ Origin: origin }), origin).toBe(403);
      expect((await raw({ headers: { Origin: origin } })).status, origin).toBe(403);
      await expect(openSocket(tested, { Cookie: cookie, Origin: origin }), origin).rejects.toThrow('403');
    }
    await expect(openSocket(tested, { Cookie: cookie })).rejects.toThrow('403');
    await expect(openSocket(tested, { Origin: tested.origin })).rejects.toThrow('401');
    expect((await raw({ headers: { 'Sec-Fetch-Site': 'same-site', 'Sec-Fetch-Mode': 'no-cors' } })).status).toBe(403);
    expect((await raw({ headers: { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' } })).status).toBe(200);
  });

  it('never sends CORS headers', async () => {
    const answers = await Promise.all([
      raw({ method: 'OPTIONS', headers: { Origin: tested.origin, 'Access-Control-Request-Method': 'POST' } }),
      raw({ headers: { Origin: tested.origin } }),
    ]);
    for (const { headers } of answers) {
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });

  it('refuses to listen on anything but the loopback interface', async () => {
    const options = {
      host: tested.host,
      files: undefined as never,
      access: undefined as never,
      downloads: undefined as never,
      joining: undefined as never,
      port: 0,
    };
    for (const listen of ['0.0.0.0', '::', '192.168.1.5', 'example.org']) {
      await expect(startServer({ ...options, listen })).rejects.toMatchObject({ code: 'usage', field: 'listen' });
    }
  });

  it('survives an invalid request', async () => {
    const socket = tcpConnect(tested.server.port, '127.0.0.1');
    socket.write('GET // HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    await new Promise((resolve) => socket.resume().on('close', resolve));
    expect((await raw({ path: '//' })).status).toBeLessThan(500);
    expect((await raw()).status).toBe(200);
  });
});

describe('files of the window', () => {
  it('are sent with type, caching and the content policy', async () => {
    const page = await raw();
    expect(page.headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' });
    expect(page.headers['content-security-policy']).toMatch(/default-src 'none'; script-src 'self';/);
    expect(page.headers['content-security-policy']).toContain(
      `connect-src 'self' ws://127.0.0.1:${tested.server.port};`,
    );
    expect(page.headers['content-security-policy']).not.toMatch(/unsafe|\*|http:/);
    const script = await raw({ path: '/assets/index-a1b2c3d4.js' });
    expect(script.headers).toMatchObject({ 'content-type': 'text/javascript; charset=utf-8' });
    expect(script.headers['cache-control']).toContain('immutable');
    const again = await raw({ headers: { 'If-None-Match': page.headers.etag as string } });
    expect(again.status).toBe(304);
  });

  it('are only the built ones, for every spelling of an address', async () => {
    for (const where of [
      '/../secret.json',
      '/..%2fsecret.json',
      '/%2e%2e/secret.json',
      '/assets/../../secret.json',
      '/..\\secret.json',
      '/linked.json',
      '/.stamp',
      '/assets',
      '/assets/',
      '/index.html%00.js',
      '/%ff',
      `/${tested.folder}/secret.json`,
    ]) {
      expect((await raw({ path: where })).status, where).toBe(404);
    }
  });
});

describe('uploads and downloads', () => {
  const upload = async (name: string, body: Buffer): Promise<string> => {
    const answer = await fetch(`${tested.origin}/upload?name=${encodeURIComponent(name)}`, {
      method: 'POST',
      body: new Uint8Array(body),
      headers: { Cookie: cookie, Origin: tested.origin },
    });
    return ((await answer.json()) as { path: string }).path;
  };

  it('stores an upload byte for byte inside its folder under a safe name', async () => {
    const body = randomBytes(3_000_000);
    for (const [name, stored] of [
      ['Prices 2024 (é).csv', 'Prices 2024 (é).csv'],
      ['../../etc/passwd', 'passwd'],
      ['C:\\Users\\me\\a.csv', 'a.csv'],
      ['..', 'data'],
      ['', 'data'],
      ['.hidden', 'hidden'],
      ['con.csv', 'data'],
      ['a\u0000b\n.csv', 'a_b_.csv'],
      // As many characters as macOS accepts, and more bytes than Linux accepts.
      [`${'价'.repeat(200)}🏠.csv`, `${'价'.repeat(64)}🏠.csv`],
    ] as const) {
      const file = await upload(name, body);
      expect(path.basename(file)).toBe(stored);
      expect(path.dirname(path.dirname(file))).toBe(tested.folders.uploads);
      expect(readFileSync(file).equals(body)).toBe(true);
    }
  });

  it('leaves nothing of an interrupted upload', async () => {
    const before = readdirSync(tested.folders.uploads).length;
    const sent = httpRequest({
      host: '127.0.0.1',
      port: tested.server.port,
      path: '/upload?name=half.csv',
      method: 'POST',
      headers: { Cookie: cookie, Origin: tested.origin, 'Content-Length': 50_000_000 },
    });
    sent.on('error', () => undefined);
    sent.write(randomBytes(5_000_000));
    await until(() => readdirSync(tested.folders.uploads).length === before + 1);
    sent.destroy();
    await until(() => readdirSync(tested.folders.uploads).length === before);
  });

  it('refuses, before it is sent, an upload that does not fit on the disk', async () => {
    const before = readdirSync(tested.folders.uploads).length;
    const answer = await raw({
      method: 'POST',
      path: '/upload?name=huge.csv',
      headers: { Origin: tested.origin, 'Content-Length': String(10 ** 16) },
    }).catch((error: unknown) => error as Error);
    expect(answer).toMatchObject({ status: 507 });
    expect(JSON.parse((answer as { body: string }).body)).toMatchObject({
      code: 'file',
      message: expect.stringContaining('huge.csv') as string,
    });
    expect(readdirSync(tested.folders.uploads).length).toBe(before);
  });

  it('sends the offered file once it is written, and nothing under another address', async () => {
    const { client, socket } = await openSocket(tested, { Cookie: cookie, Origin: tested.origin });
    const offer = await client.call('chooseOutput', { suggestedName: '../modèle "1".onnx' });
    expect((await raw({ path: offer.download! })).status).toBe(404);
    const body = randomBytes(300_000);
    writeFileSync(offer.path!, body);
    const answer = await fetch(tested.origin + offer.download!, { headers: { Cookie: cookie } });
    expect(Buffer.from(await answer.arrayBuffer()).equals(body)).toBe(true);
    expect(answer.headers.get('content-disposition')).toBe(
      `attachment; filename="mod_le _1_.onnx"; filename*=UTF-8''mod%C3%A8le%20_1_.onnx`,
    );
    expect((await raw({ path: `/download/${'A'.repeat(22)}/x` })).status).toBe(404);
    expect((await raw({ path: '/download/' })).status).toBe(404);
    socket.close();
  });
});

describe('the socket', () => {
  const open = async (): Promise<Awaited<ReturnType<typeof openSocket>> & { events: WindowEvent[] }> => {
    const opened = await openSocket(tested, { Cookie: cookie, Origin: tested.origin });
    const events: WindowEvent[] = [];
    opened.client.subscribe((batch) => events.push(...(batch as WindowEvent[])));
    await opened.client.call('host', {});
    return { ...opened, events };
  };

  it('shows every tab the same run, and a new connection continues where the old one was cut', async () => {
    const [first, second] = [await open(), await open()];
    const say = async (message: string): Promise<void> => {
      await first.client.call('pause', {
        run: JSON.stringify([{ event: 'phase', run: 'r', state: 'training', message }]),
      });
    };
    const heard = (events: WindowEvent[], message: string): boolean =>
      events.some((event) => event.event === 'phase' && event.message === message);
    await say('one');
    await until(() => heard(first.events, 'one') && heard(second.events, 'one'));
    second.socket.terminate();
    await say('two');
    const third = await open();
    await say('three');
    await until(() => heard(third.events, 'three'));
    expect(heard(second.events, 'two')).toBe(false);
    first.socket.close();
    third.socket.close();
  });

  it('cancels in the engine the calls of a closed connection', async () => {
    const watcher = await open();
    const cancelled = async (): Promise<number> => (await watcher.client.call('status', {})).queued.length;
    const before = await cancelled();
    const leaving = await open();
    const lost = leaving.client.call('doctor', {}).catch((error: unknown) => error);
    await leaving.client.call('host', {});
    leaving.socket.terminate();
    expect(await lost).toMatchObject({ code: 'crashed' });
    while ((await cancelled()) === before) await new Promise((resolve) => setTimeout(resolve, 5));
    watcher.socket.close();
  });

  it('ignores an invalid message', async () => {
    const { socket, client } = await open();
    for (const junk of ['', '{', '[]', '{"kind":"call"}', Buffer.from([1, 2, 3])]) socket.send(junk);
    expect(await client.call('host', {})).toMatchObject({ kind: 'browser', version: '1.2.3', dialogs: false });
    socket.close();
  });
});
