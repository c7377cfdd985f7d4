import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { WindowEvent } from '../../native/contract/window.ts';
import type { TestedHost } from '../testing/testedHost.ts';
import { openSocket, startTestedHost, until } from '../testing/testedHost.ts';
import { Joining, joinRunningHost } from './joining.ts';

let tested: TestedHost;
beforeAll(async () => {
  tested = await startTestedHost();
});
afterAll(async () => {
  await tested.close();
});

const announced = (): string => path.join(tested.folders.state, 'browser-host.json');

async function openWindow(cookie: string): Promise<WindowEvent[]> {
  const { client } = await openSocket(tested, { Cookie: cookie, Origin: tested.origin });
  const events: WindowEvent[] = [];
  client.subscribe((batch) => events.push(...(batch as WindowEvent[])));
  await client.call('host', {});
  return events;
}

it('makes a second start open another window of the running host, with its files', async () => {
  const before = await openWindow(await tested.logIn());
  const file = path.join(tested.folder, 'mine.csv');
  writeFileSync(file, 'a\n1\n');
  const joined = await joinRunningHost(tested.folders.state, [file]);
  expect(joined).toMatchObject({ pid: process.pid, port: tested.server.port, stateFolder: tested.folders.state });

  const answer = await fetch(joined!.newAddress(), { redirect: 'manual' });
  expect(answer.status).toBe(303);
  const opened = await openWindow(answer.headers.get('set-cookie')?.split(';')[0] ?? '');
  await until(() => opened.some(({ event }) => event === 'open-file'));
  expect(opened).toContainEqual({ event: 'open-file', path: file, kind: 'data' });
  expect(before.filter(({ event }) => event === 'open-file')).toEqual([]);
  expect(await tested.host.permissions.has('read', file)).toBe(true);
});

it.skipIf(process.platform === 'win32')('makes its address readable by no other user', () => {
  expect(statSync(announced()).mode & 0o777).toBe(0o600);
});

it('refuses a join without its secret, and one from a page that knows it', async () => {
  const { secret } = JSON.parse(readFileSync(announced(), 'utf8')) as { secret: string };
  const join = (headers: Record<string, string>, body = '{"files":[]}'): Promise<Response> =>
    fetch(`${tested.origin}/join`, { method: 'POST', body, headers });
  const own = { Origin: tested.origin };
  const known = { Authorization: `Bearer ${secret}` };
  expect((await join({ ...own, ...known })).status).toBe(200);
  expect((await join(own)).status).toBe(401);
  expect((await join({ ...own, Authorization: `Bearer ${secret.slice(1)}` })).status).toBe(401);
  expect((await join({ ...known, Origin: 'https://example.org' })).status).toBe(403);
  for (const body of ['', '{}', '{"files":"a.csv"}']) expect((await join({ ...own, ...known }, body)).status).toBe(400);
});

it('finds no host if none runs, or another one uses its port', async () => {
  const state = path.join(tested.folder, 'other-state');
  expect(await joinRunningHost(state, [])).toBeUndefined();
  const crashed = new Joining(state);
  // A port without a listener, and a port of a host with another state folder.
  for (const origin of ['http://127.0.0.1:1', tested.origin]) {
    await crashed.announce(origin);
    expect(await joinRunningHost(state, []), origin).toBeUndefined();
  }
  const later = new Joining(state);
  await later.announce('http://127.0.0.1:2');
  await crashed.withdraw();
  expect(readFileSync(path.join(state, 'browser-host.json'), 'utf8')).toContain('127.0.0.1:2');
  await later.withdraw();
  expect(() => statSync(path.join(state, 'browser-host.json'))).toThrow('ENOENT');
});
