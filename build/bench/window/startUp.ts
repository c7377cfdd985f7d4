import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { chromium } from 'playwright';
import { launchOptions } from '../../../e2e/chromium.ts';
import { OrthantWindow } from '../../../e2e/pages/orthantWindow.ts';
import type { Bench, BenchContext } from './figure.ts';
import { limited, median, range } from './figure.ts';

interface Start {
  /** Seconds from `npm start` to the address. */
  readonly host: number;
  /** Seconds from there to a browser that can be told where to go. */
  readonly browser: number;
  /** Seconds from there to the start screen with its samples. */
  readonly window: number;
  /** Seconds from there until the window knows which engine will train; nobody waits for it. */
  readonly engine: number;
  readonly total: number;
}

/** From `npm start -- --browser` to a window in which a sample can be chosen; the first start is not counted. */
export const startUp: Bench = {
  name: 'start',
  run: async (context) => {
    const starts: Start[] = [];
    for (let round = 0; round <= (context.quick ? 2 : 5); round++) {
      const start = await startOnce(context);
      if (round > 0) starts.push(start);
    }
    const totals = starts.map(({ total }) => total);
    return [
      limited({
        name: 'start to usable window, warm, browser host',
        value: median(totals),
        below: 3,
        unit: 's',
        remark: range(totals),
        details: { starts },
      }),
    ];
  },
};

async function startOnce({ root, folder }: BenchContext): Promise<Start> {
  const npm = process.env.npm_execpath;
  const start = npm === undefined ? [path.join(root, 'build/start.mjs')] : [npm, 'start', '--silent', '--'];
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1000;
  const program = spawn(process.execPath, [...start, '--browser', '--no-window', '--port', '0'], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ORTHANT_STATE: path.join(folder, 'state'), ORTHANT_RUNS: path.join(folder, 'runs') },
    // A group of its own, so that npm and what it has started end together.
    detached: process.platform !== 'win32',
  });
  const ended = once(program, 'exit');
  try {
    const address = await new Promise<string>((resolve, reject) => {
      let printed = '';
      program.stdout.setEncoding('utf8').on('data', (text: string) => {
        printed += text;
        const found = /http:\/\/\S+\/\?token=[\w-]+/.exec(printed);
        if (found !== null) resolve(found[0]);
      });
      void ended.then(() => {
        reject(new Error(`npm start ended without an address: ${printed}`));
      });
    });
    const host = seconds();
    const browser = await chromium.launchPersistentContext(path.join(folder, 'profile'), launchOptions);
    const ready = seconds();
    try {
      const page = browser.pages()[0] ?? (await browser.newPage());
      const orthant = new OrthantWindow(page, { hostProcess: () => program.pid ?? 0 });
      await page.goto(address, { waitUntil: 'commit' });
      await orthant.sample('ink').waitFor();
      const total = seconds();
      await orthant.loaded();
      return { host, browser: ready - host, window: total - ready, engine: seconds() - total, total };
    } finally {
      await browser.close();
    }
  } finally {
    if (program.pid !== undefined && program.exitCode === null) {
      process.kill(process.platform === 'win32' ? program.pid : -program.pid, 'SIGTERM');
      await ended;
    }
  }
}
