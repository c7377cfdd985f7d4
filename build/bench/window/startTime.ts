import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { chromium } from 'playwright';
import { launchOptions } from '../../../e2e/chromium.ts';
import { OrthantWindow } from '../../../e2e/pages/orthantWindow.ts';
import type { Bench, BenchContext } from './figure.ts';

/** Time from the command behind `npm start -- --browser` to a window where a sample can be chosen; the first start is not counted. */
export const startTime: Bench = {
  name: 'start time',
  run: async (context) => {
    const samples: number[] = [];
    for (let round = 0; round <= (context.quick ? 2 : 5); round++) samples.push(await startOnce(context));
    return [{ name: 'start to usable window, warm, browser host', unit: 's', limit: 3, samples: samples.slice(1) }];
  },
};

/** In seconds. */
async function startOnce({ root, folder }: BenchContext): Promise<number> {
  const began = performance.now();
  const start = ['build/start.mjs', '--browser', '--no-window', '--port', '0'];
  const program = spawn(process.execPath, start, {
    cwd: root,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ORTHANT_STATE: path.join(folder, 'state'), ORTHANT_RUNS: path.join(folder, 'runs') },
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
        reject(new Error(`The start ended without an address: ${printed}`));
      });
    });
    const browser = await chromium.launchPersistentContext(path.join(folder, 'profile'), launchOptions);
    try {
      const page = browser.pages()[0] ?? (await browser.newPage());
      await page.goto(address, { waitUntil: 'commit' });
      await new OrthantWindow(page, { hostProcess: () => program.pid ?? 0 }).sample('ink').waitFor();
      return (performance.now() - began) / 1000;
    } finally {
      await browser.close();
    }
  } finally {
    program.kill();
    await ended;
  }
}
