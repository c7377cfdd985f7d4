import { execFileSync, spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { hasTensorflow } from '../native/tensorflow/testEngines.ts';
import { buildCode, codeIsCurrent, filesOfOlderBuilds } from './setup/code.mjs';
import { installPackages, packagesAreCurrent } from './setup/packages.mjs';

const root = path.resolve(import.meta.dirname, '..');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'orthant-setup-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const setup = (args: string[], env: NodeJS.ProcessEnv = {}, cwd = folder): SpawnSyncReturns<string> =>
  spawnSync(process.execPath, [path.join(root, 'build/setup.mjs'), ...args], {
    encoding: 'utf8',
    cwd,
    env: { ...process.env, ...env },
  });

interface PrintedPlan {
  platform: string;
  engine: string;
  device: string;
  cache: string;
  fetch: { package: string; sha256: string; bytes: number }[];
  unpack: { folder: string; members: string[] }[];
  environment: Record<string, string>;
  notes: string[];
}

describe('--plan', () => {
  test.each([
    ['linux-x64', false, 'cpu', 1],
    ['linux-x64', true, 'gpu', 13],
    ['linux-arm64', false, 'cpu', 1],
    ['linux-arm64', true, 'cpu', 1],
    ['darwin-arm64', false, 'cpu', 1],
    ['win32-x64', false, 'cpu', 1],
  ])('for %s, card %s: device %s, %d wheels; nothing is touched', (platform, gpu, device, wheels) => {
    const cache = path.join(folder, 'cache');
    const args = ['--plan', '--platform', platform, ...(gpu ? ['--gpu'] : [])];
    const json = setup([...args, '--json'], { ORTHANT_CACHE: cache, PATH: folder });
    expect(json.status).toBe(0);
    const plan = JSON.parse(json.stdout) as PrintedPlan;
    expect(plan).toMatchObject({ platform, engine: 'tensorflow', device });
    expect(plan.fetch).toHaveLength(wheels);
    expect(plan.unpack).toHaveLength(wheels);
    expect(plan.environment.TF_CPP_MIN_LOG_LEVEL).toBe('2');
    expect('LD_LIBRARY_PATH' in plan.environment).toBe(device === 'gpu');
    const text = setup(args, { ORTHANT_CACHE: cache, PATH: folder }).stdout;
    for (const { package: name, sha256 } of plan.fetch) {
      expect(text).toContain(name);
      expect(text).toContain(sha256);
    }
    for (const [name, value] of Object.entries(plan.environment)) expect(text).toContain(`${name}=${value}`);
    if (platform === 'linux-arm64' && gpu) expect(text).toContain('no CUDA kernels');
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each([
    [['--plan', '--platform', 'amiga-68k'], /--platform amiga-68k: known are linux-x64, linux-arm64/],
    [['--json'], /go with --plan/],
    [['--only', 'packages,gold'], /--only gold: the steps are packages, tensorflow, binding, code/],
    [['--frobnicate'], /frobnicate/],
  ])('%o is wrong use', (args, message) => {
    const { status, stderr } = setup(args);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
  });
});

describe('set-up', () => {
  test.skipIf(!hasTensorflow)(
    'a second run calls no other program for packages and TensorFlow (with an empty PATH)',
    () => {
      const { status, stdout } = setup(['--only', 'packages,tensorflow,binding'], { PATH: folder });
      expect({ status, stdout }).toEqual({ status: 0, stdout: 'Set-up is complete.\n' });
      const quiet = setup(['--quiet', '--only', 'packages,tensorflow,binding'], { PATH: folder });
      expect({ ...quiet, pid: 0 }).toMatchObject({ status: 0, stdout: '', stderr: '' });
    },
  );

  test('without Python and with an empty cache, it reports the replacement, and succeeds', () => {
    const env = { PATH: folder, ORTHANT_CACHE: path.join(folder, 'cache') };
    const { status, stdout } = setup(['--only', 'tensorflow,binding'], env);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^TensorFlow: no Python with pip was found: python3 \(not found\)/);
    expect(stdout).toContain(
      'The embedded WASM engine is used: everything works, slower. To try again: node build/setup.mjs',
    );
    // In quiet mode it neither retries at once nor repeats the message; standard output stays clean.
    const quiet = setup(['--quiet', '--only', 'tensorflow,binding'], env);
    expect({ ...quiet, pid: 0 }).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(setup(['--only', 'tensorflow,binding'], env).stdout).toContain('no Python with pip');
  });

  test('in quiet mode it prints nothing where there is no TensorFlow to fetch', () => {
    const NODE_OPTIONS = "--import=data:text/javascript,Object.defineProperty(process,'arch',{value:'ia32'})";
    const asked = setup(['--only', 'tensorflow'], { NODE_OPTIONS, ORTHANT_CACHE: folder });
    expect(asked.stdout).toMatch(/There is no TensorFlow .* wheel for \w+-ia32; the embedded WASM engine is used/);
    const unasked = setup(['--only', 'tensorflow', '--quiet'], { NODE_OPTIONS, ORTHANT_CACHE: folder });
    expect([unasked.status, unasked.stdout, unasked.stderr]).toEqual([0, '', '']);
  });

  test('in quiet mode a first failure goes to standard error', () => {
    const env = { PATH: folder, ORTHANT_CACHE: path.join(folder, 'cache') };
    const { status, stdout, stderr } = setup(['--quiet', '--only', 'tensorflow'], env);
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(stderr).toContain('no Python with pip');
  });

  test('--gpu without a card reports that and uses the CPU', () => {
    const { status, stdout } = setup(['--gpu', '--only', 'tensorflow'], {
      PATH: folder,
      ORTHANT_CACHE: path.join(folder, 'cache'),
    });
    expect(status).toBe(0);
    expect(stdout).toMatch(/^The CPU is used: nvidia-smi finds no NVIDIA card\./);
  });
});

describe('npm packages', () => {
  const entry = (version: string, more = {}) => ({ version, ...more });
  const lock = (packages: Record<string, object>) => {
    writeFileSync(path.join(folder, 'package-lock.json'), JSON.stringify({ packages: { '': {}, ...packages } }));
  };
  const installed = (packages: Record<string, object>) => {
    for (const where of Object.keys(packages)) {
      mkdirSync(path.join(folder, where), { recursive: true });
      writeFileSync(path.join(folder, where, 'package.json'), '{}');
    }
    mkdirSync(path.join(folder, 'node_modules'), { recursive: true });
    writeFileSync(path.join(folder, 'node_modules/.package-lock.json'), JSON.stringify({ packages }));
  };
  const both = { 'node_modules/a': entry('1.0.0'), 'node_modules/b': entry('2.0.0') };
  beforeEach(() => {
    writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ dependencies: { a: '1.0.0' } }));
    lock({ ...both, 'node_modules/for-mac': entry('1.0.0', { optional: true }) });
  });

  test('packages installed by hand count if they match the lock file', () => {
    installed(both);
    expect(packagesAreCurrent(folder)).toBe(true);
  });
  test.each<[string, () => void]>([
    ['nothing is installed', () => undefined],
    [
      'a package is missing',
      () => {
        installed({ 'node_modules/a': entry('1.0.0') });
      },
    ],
    [
      'a version differs',
      () => {
        installed({ ...both, 'node_modules/b': entry('1.9.0') });
      },
    ],
    [
      'there is one too many',
      () => {
        installed({ ...both, 'node_modules/c': entry('1.0.0') });
      },
    ],
    [
      'a folder was removed',
      () => {
        installed(both);
        rmSync(path.join(folder, 'node_modules/b'), { recursive: true });
      },
    ],
    [
      'the lock file changed afterwards',
      () => {
        installed(both);
        packagesAreCurrent(folder);
        lock({ ...both, 'node_modules/b': entry('2.1.0') });
      },
    ],
  ])('not current when %s', (_, arrange) => {
    arrange();
    expect(packagesAreCurrent(folder)).toBe(false);
  });

  test('npm ci is run once, and its failure is reported', async () => {
    const npm = path.join(folder, 'npm.js');
    vi.stubEnv('npm_execpath', npm);
    writeFileSync(npm, 'console.error("npm error code ENOTFOUND"); process.exit(1)');
    await expect(installPackages(folder, { log: () => undefined })).rejects.toThrow(
      /npm ci failed with exit code 1: npm error code ENOTFOUND/,
    );
    writeFileSync(
      npm,
      `const fs = require('fs'); fs.appendFileSync('calls', process.argv.slice(2).join(' ') + '\\n'); fs.mkdirSync('node_modules/a', { recursive: true }); fs.writeFileSync('node_modules/a/package.json', '{}');`,
    );
    await installPackages(folder, { log: () => undefined });
    await installPackages(folder, { log: () => undefined });
    expect(readFileSync(path.join(folder, 'calls'), 'utf8')).toBe('ci --include=dev --no-audit --no-fund\n');
  });
});

describe('built code', () => {
  const lines: string[] = [];
  const log = (line: string) => lines.push(line);
  const write = (name: string, text: string) => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  };
  const run = (...args: string[]) =>
    execFileSync(process.execPath, [path.join(folder, '.dist/native/cli.js'), ...args], { encoding: 'utf8' });
  beforeEach(() => {
    lines.length = 0;
    mkdirSync(path.join(folder, 'build'));
    copyFileSync(path.join(root, 'build/native.vite.config.ts'), path.join(folder, 'build/native.vite.config.ts'));
    copyFileSync(path.join(root, 'package-lock.json'), path.join(folder, 'package-lock.json'));
    symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
    write('package.json', '{ "type": "module" }');
  });

  test('only changed code is built; a broken source leaves the last build in place', async () => {
    await buildCode(folder, { log });
    expect(existsSync(path.join(folder, '.dist'))).toBe(false);

    write(
      'native/cli/cliMain.ts',
      `import ws from 'ws'; import { name } from '../word.ts'; const text: string = name; console.log(text, ws.OPEN);`,
    );
    write('native/word.ts', `export const name = 'first';`);
    expect(codeIsCurrent(folder)).toBe(false);
    await buildCode(folder, { log });
    expect(run()).toBe('first 1\n');
    // Packages are not bundled, except those named in the configuration.
    expect(statSync(path.join(folder, '.dist/native/cli.js')).size).toBeLessThan(2000);
    expect(existsSync(path.join(folder, '.dist/native/cli.js.map'))).toBe(true);
    expect(codeIsCurrent(folder)).toBe(true);

    write('native/word.test.ts', 'a test is not part of it');
    expect(codeIsCurrent(folder)).toBe(true);
    write('native/word.ts', `export const name = 'the second';`);
    expect(codeIsCurrent(folder)).toBe(false);
    await buildCode(folder, { log });
    expect(run()).toBe('the second 1\n');

    write('native/word.ts', `export const name = ;`);
    await expect(buildCode(folder, { log })).rejects.toThrow(
      /building engine and command line failed:\n(?!.* at ).*word\.ts/s,
    );
    expect(run()).toBe('the second 1\n');
    expect(codeIsCurrent(folder)).toBe(false);
    expect(readdirSync(path.join(folder, '.dist'))).toEqual(['native']);
    expect(lines).toEqual(Array(3).fill('Building engine and command line'));
  });

  test('chunks of an older build stay for a running program, and are listed as old', async () => {
    write('native/cli/cliMain.ts', `const { name } = await import('../word.ts'); console.log(name);`);
    const chunks = () => readdirSync(path.join(folder, '.dist/native')).filter((file) => file.startsWith('word-'));
    write('native/word.ts', `export const name = 'first';`);
    await buildCode(folder, { log });
    const first = chunks();
    expect(filesOfOlderBuilds(folder)).toEqual([]);
    write('native/word.ts', `export const name = 'the second';`);
    await buildCode(folder, { log });
    expect(run()).toBe('the second\n');
    expect(chunks().length).toBe(2 * first.length);
    expect(filesOfOlderBuilds(folder).sort()).toEqual(first.map((file) => `.dist/native/${file}`).sort());
  });
});

describe('the command orthant', () => {
  // A copy of the files behind the command, with a fake command line.
  const install = (commandLine: string) => {
    cpSync(path.join(root, 'build'), path.join(folder, 'build'), {
      recursive: true,
      filter: (from) => !/samples|\.test\.ts$/.test(from),
    });
    for (const name of ['native/system', 'native/tensorflow'])
      cpSync(path.join(root, name), path.join(folder, name), { recursive: true });
    for (const name of ['package.json', 'package-lock.json'])
      copyFileSync(path.join(root, name), path.join(folder, name));
    symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
    mkdirSync(path.join(folder, 'native/cli'));
    writeFileSync(path.join(folder, 'native/cli/cliMain.ts'), commandLine);
    // Node and nothing else on PATH: no Python, so nothing is fetched.
    mkdirSync(path.join(folder, 'bin'));
    symlinkSync(process.execPath, path.join(folder, 'bin', 'node'));
    vi.stubEnv('PATH', path.join(folder, 'bin'));
    vi.stubEnv('ORTHANT_CACHE', path.join(folder, 'cache'));
    return path.join(folder, 'build/orthant.mjs');
  };

  test('passes on arguments, streams, the folder it is called in, and the exit code', () => {
    const bin = install(`import { readFileSync } from 'node:fs';
      console.log(JSON.stringify([process.argv.slice(2), process.cwd(), readFileSync(0, 'utf8')])); process.exitCode = 7;`);
    const call = () =>
      spawnSync(process.execPath, [bin, 'train', '--out', 'a b'], { encoding: 'utf8', cwd: tmpdir(), input: 'in' });
    const first = call();
    expect(first.status).toBe(7);
    expect(JSON.parse(first.stdout)).toEqual([
      ['train', '--out', 'a b'],
      process.platform === 'darwin' ? `/private${tmpdir()}` : tmpdir(),
      'in',
    ]);
    expect(first.stderr).toContain('Building engine and command line');
    expect(call()).toMatchObject({ status: 7, stdout: first.stdout, stderr: '' });
    // Linked as npm does.
    chmodSync(bin, 0o755);
    symlinkSync(bin, path.join(folder, 'orthant'));
    expect(spawnSync(path.join(folder, 'orthant'), ['x'], { encoding: 'utf8', input: '' }).status).toBe(7);
  });

  test('an interrupt reaches the command line once', async () => {
    const bin =
      install(`let heard = 0; process.on('SIGINT', () => { heard += 1; console.log('interrupt', heard); setTimeout(() => process.exit(130), 300); });
      setInterval(() => {}, 1000); console.log('ready');`);
    // A separate process group, which gets the signal as a whole, as from a terminal.
    const child = spawn(process.execPath, [bin], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (!output.includes('ready') && (output + text).includes('ready')) process.kill(-child.pid!, 'SIGINT');
      output += text;
    });
    const [code] = (await once(child, 'exit')) as [number];
    expect({ code, output }).toEqual({ code: 130, output: 'ready\ninterrupt 1\n' });
  });

  test('a command line that cannot be built is an error', () => {
    const bin = install('const broken = ;');
    const { status, stdout, stderr } = spawnSync(process.execPath, [bin, 'train'], { encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/Code: building engine and command line failed/);
  });
});
