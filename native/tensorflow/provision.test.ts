import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isUnpacked } from './cache.mjs';
import { missingWheels, planTensorFlow, type Plan } from './plan.mjs';
import { provision } from './provision.mjs';
import { findPython } from './python.mjs';

// A wheel of three members, of which two are kept, and a Python whose pip "downloads" it; the real Python unpacks it. A
// variable selects the fake's behaviour on a download.
const fakePython = `#!/usr/bin/env bash
if [[ "$1 $2" == "-m pip" ]]; then
  [[ $3 == --version ]] && { echo "pip 24.0 from /fake"; exit 0; }
  echo "download \${@: -1}" >> "$FAKE/calls"
  while [[ $1 != --dest ]]; do shift; done
  case "$FAKE_PIP" in
    refuses) echo "ERROR: No matching distribution found for thing" >&2; exit 1 ;;
    dies) head -c 100 "$FAKE/thing.whl" > "$2/thing-1.0-py3-none-any.whl"; kill -9 $$ ;;
    truncates) head -c 100 "$FAKE/thing.whl" > "$2/thing-1.0-py3-none-any.whl"; exit 0 ;;
    alters) sed 's/payload/pay1oad/' "$FAKE/thing.whl" > "$2/thing-1.0-py3-none-any.whl"; exit 0 ;;
    other) cp "$FAKE/thing.whl" "$2/thing-2.0-py3-none-any.whl"; exit 0 ;;
    slow) sleep 1 ;;
  esac
  cp "$FAKE/thing.whl" "$2/thing-1.0-py3-none-any.whl"
  exit 0
fi
if [[ $FAKE_UNPACK == hangs ]]; then
  mkdir -p "$3/thing" && echo half > "$3/thing/library.so" && touch "$FAKE/unpacking" && sleep 60
fi
exec "$FAKE_REAL" "$@"
`;

/** Path of the real Python, not a version manager's start script; empty without Python. */
const realPython = (() => {
  try {
    return execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
  } catch {
    console.warn('Tests of unpacking wheels are skipped: there is no python3.');
    return '';
  }
})();
const test = it.skipIf(realPython === '');

const members = ['thing/library.so', 'thing/include/thing.h'];
let wheel: Buffer;
let home: string;
let cache: string;
let plan: Plan;
let env: NodeJS.ProcessEnv;
let lines: string[];
const options = () => ({ env, log: (line: string) => lines.push(line) });
const calls = () =>
  existsSync(path.join(home, 'calls')) ? readFileSync(path.join(home, 'calls'), 'utf8').trim().split('\n') : [];
const folder = () => plan.wheels[0]!.folder;

beforeAll(() => {
  if (realPython === '') return;
  const make = `import io, sys, zipfile
file = io.BytesIO()
with zipfile.ZipFile(file, "w") as archive:
  for name in ["thing/library.so", "thing/include/thing.h", "thing/big.py"]: archive.writestr(name, "payload of " + name)
sys.stdout.buffer.write(file.getvalue())`;
  wheel = execFileSync(realPython, ['-c', make]);
});
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'orthant-provision-'));
  cache = path.join(home, 'cache');
  lines = [];
  writeFileSync(path.join(home, 'thing.whl'), wheel);
  writeFileSync(path.join(home, 'python'), fakePython, { mode: 0o755 });
  plan = {
    ...planTensorFlow({ cache }),
    wheels: [
      {
        package: 'thing',
        version: '1.0',
        tag: 'any',
        file: 'thing-1.0-py3-none-any.whl',
        sha256: createHash('sha256').update(wheel).digest('hex'),
        bytes: wheel.length,
        unpackedBytes: 1000,
        members,
        keep: members,
        folder: path.join(cache, 'thing-1.0-any'),
      },
    ],
  };
  env = { ...process.env, ORTHANT_PYTHON: path.join(home, 'python'), FAKE: home, FAKE_REAL: realPython };
});
afterEach(() => {
  rmSync(home, { recursive: true });
});

test('only the named members are unpacked, completely; a second run downloads nothing', async () => {
  await provision(plan, options());
  expect(readdirSync(folder(), { recursive: true, encoding: 'utf8' }).sort()).toEqual([
    '.complete.json',
    'thing',
    'thing/include',
    'thing/include/thing.h',
    'thing/library.so',
  ]);
  expect(readFileSync(path.join(folder(), members[0]!), 'utf8')).toBe('payload of thing/library.so');
  expect(readdirSync(cache)).toEqual(['thing-1.0-any']);
  expect(lines[0]).toMatch(/^Downloading thing 1\.0/);
  expect(calls()).toEqual(['download thing==1.0']);
  await provision(plan, { ...options(), env: { PATH: '' } });
  expect(calls()).toHaveLength(1);
});

describe('a failed download reports the reason, and leaves nothing that looks complete', () => {
  test.each([
    ['refuses', /pip download of thing 1\.0 failed with exit code 1: ERROR: No matching distribution/],
    ['dies', /pip download of thing 1\.0 failed with a signal/],
    ['truncates', /not the pinned file: 100 of \d+ bytes, SHA-256/],
    ['alters', /not the pinned file: SHA-256 [0-9a-f]{64} instead of [0-9a-f]{64}/],
    ['other', /brought thing-2\.0-py3-none-any\.whl instead of thing-1\.0/],
  ])('%s', async (what, message) => {
    await expect(provision(plan, { ...options(), env: { ...env, FAKE_PIP: what } })).rejects.toThrow(message);
    expect(readdirSync(cache).filter((name) => name !== '.incoming')).toEqual([]);
    expect(readdirSync(path.join(cache, '.incoming'))).toEqual([]);
    // It works once the cause is gone.
    await provision(plan, options());
    expect(missingWheels(plan)).toEqual([]);
  });
});

test('a folder with a truncated or missing file counts as missing, and is made again', async () => {
  await provision(plan, options());
  truncateSync(path.join(folder(), members[0]!), 3);
  expect(isUnpacked(folder(), plan.wheels[0]!)).toBe(false);
  await provision(plan, options());
  expect(readFileSync(path.join(folder(), members[0]!), 'utf8')).toBe('payload of thing/library.so');
  rmSync(path.join(folder(), members[1]!));
  expect(isUnpacked(folder(), plan.wheels[0]!)).toBe(false);
  rmSync(path.join(folder(), '.complete.json'));
  await provision(plan, options());
  expect(isUnpacked(folder(), plan.wheels[0]!)).toBe(true);
});

test('another pinned hash under the same name is another wheel', async () => {
  await provision(plan, options());
  expect(isUnpacked(folder(), { ...plan.wheels[0]!, sha256: '0'.repeat(64) })).toBe(false);
});

test('without Python, all tried commands are named', async () => {
  await expect(
    provision(plan, { ...options(), env: { PATH: home, ORTHANT_PYTHON: '/no/such/python' } }),
  ).rejects.toThrow(
    'no Python with pip was found: /no/such/python (not found), python3 (not found), python (has no pip), py -3 (not found)',
  );
});

test('the first Python with pip is used', async () => {
  const place = path.join(home, 'bin');
  mkdirSync(place);
  writeFileSync(path.join(place, 'python3'), '#!/bin/sh\necho "No module named pip" >&2; exit 1\n', { mode: 0o755 });
  writeFileSync(path.join(place, 'py'), '#!/bin/sh\n[ "$1" = -3 ] && echo "pip 23.1 from x"\n', { mode: 0o755 });
  const { python, tried } = await findPython({ PATH: place });
  expect(python).toEqual({ command: 'py', args: ['-3'], pip: '23.1' });
  expect(tried).toEqual(['python3 (has no pip)', 'python (not found)']);
});

/** Provisions `plan` in a separate process. */
function provisionElsewhere(more: NodeJS.ProcessEnv = {}): ChildProcess {
  const module = path.join(path.dirname(fileURLToPath(import.meta.url)), 'provision.mjs');
  const script = `import { appendFileSync } from 'node:fs';
    const { provision } = await import(${JSON.stringify(module)});
    await provision(${JSON.stringify(plan)}, { log: (line) => appendFileSync(process.env.FAKE + '/log', line + '\\n') });`;
  return spawn(process.execPath, ['--input-type=module', '-e', script], { env: { ...env, ...more }, stdio: 'ignore' });
}

test('a set-up killed while it unpacks leaves nothing that looks complete, and the next one cleans up after it', async () => {
  const killed = provisionElsewhere({ FAKE_UNPACK: 'hangs' });
  while (!existsSync(path.join(home, 'unpacking'))) await sleep(20);
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  expect(existsSync(path.join(cache, '.lock'))).toBe(true);
  expect(missingWheels(plan)).toHaveLength(1);
  await provision(plan, options());
  expect(missingWheels(plan)).toEqual([]);
  expect(readdirSync(cache)).toEqual(['thing-1.0-any']);
});

test('a set-up that is stopped also ends its download', async () => {
  const stopped = provisionElsewhere({ FAKE_UNPACK: 'hangs' });
  while (!existsSync(path.join(home, 'unpacking'))) await sleep(20);
  stopped.kill('SIGTERM');
  const [, signal] = (await once(stopped, 'exit')) as [number | null, string];
  expect(signal).toBe('SIGTERM');
  // The kernel may list it for another moment.
  const running = () => execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
  await expect.poll(running, { timeout: 10_000 }).not.toContain(path.join(home, 'python'));
});

test('of several set-ups at once one downloads, and all find the result', async () => {
  const others = [1, 2, 3].map(() => provisionElsewhere({ FAKE_PIP: 'slow' }));
  const codes = await Promise.all(others.map(async (child) => ((await once(child, 'exit')) as [number])[0]));
  expect(codes).toEqual([0, 0, 0]);
  expect(calls()).toHaveLength(1);
  expect(missingWheels(plan)).toEqual([]);
  expect(readFileSync(path.join(home, 'log'), 'utf8')).toMatch(/Another set-up \(process \d+\) is running/);
});

test('the lock of a process that has ended, or that died before it wrote its id, is taken over', async () => {
  const gone = spawn(process.execPath, ['-e', '']);
  await once(gone, 'exit');
  mkdirSync(cache);
  writeFileSync(path.join(cache, '.lock'), JSON.stringify({ pid: gone.pid, started: 1 }));
  await provision(plan, options());
  expect(missingWheels(plan)).toEqual([]);
  expect(existsSync(path.join(cache, '.lock'))).toBe(false);
});

test('a cache folder that cannot be made is named, with a remedy', async () => {
  appendFileSync(cache, 'a file');
  expect(statSync(cache).isFile()).toBe(true);
  await expect(provision(plan, options())).rejects.toThrow(/cannot be written .*ORTHANT_CACHE can name another/);
});
