import { execFileSync } from 'node:child_process';
import { createWriteStream, readFileSync } from 'node:fs';
import { once } from 'node:events';
import path from 'node:path';
import { withApplication } from './application.ts';
import type { Bench } from './figure.ts';
import { limited } from './figure.ts';
import { numbers } from './tables.ts';

const bytes = 2_000_000_000;

/** A file of 2 GB handed to the host by the window: the host's memory while it comes in. */
export const upload: Bench = {
  name: 'upload',
  run: async ({ folder, quick }) => {
    const wanted = quick ? bytes / 10 : bytes;
    const file = await csvOf(wanted, path.join(folder, 'upload.csv'));
    const { resident, seconds } = await withApplication(
      { folder: path.join(folder, 'home') },
      async ({ page, orthant, host }) => {
        const resident = [residentBytes(host.pid)];
        const watch = setInterval(() => {
          resident.push(residentBytes(host.pid));
        }, 50);
        const began = performance.now();
        const answered = page.waitForResponse((response) => response.request().method() === 'POST', {
          timeout: 600_000,
        });
        try {
          await orthant.withChosenFile(file, () => page.getByRole('button', { name: /^Open a data file/ }).click());
          const response = await answered;
          if (!response.ok()) throw new Error(`The host refused the upload: ${await response.text()}`);
        } finally {
          clearInterval(watch);
        }
        return { resident, seconds: (performance.now() - began) / 1000 };
      },
    );
    const [before = 0] = resident;
    const growth = (Math.max(...resident) - before) / 1e6;
    return [
      limited({
        name: `upload of ${wanted / 1e9} GB, growth of the host's peak memory`,
        ...{ value: growth, below: 150, unit: 'MB' },
        remark: `from ${Math.round(before / 1e6)} MB; ${Math.round(wanted / 1e6 / seconds)} MB/s`,
        details: { resident, seconds },
      }),
    ];
  },
};

/** Memory of a process that is in use. */
function residentBytes(pid: number): number {
  if (process.platform === 'linux') {
    const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kilobytes) * 1024;
  }
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) * 1024;
}

/** Writes a CSV file of at least this size. */
async function csvOf(size: number, file: string): Promise<string> {
  const next = numbers(3);
  let block = '';
  while (block.length < 8_000_000) block += `${Array.from({ length: 10 }, () => next().toFixed(6)).join(',')}\n`;
  const out = createWriteStream(file);
  out.write(`${Array.from({ length: 10 }, (_, index) => `x${index + 1}`).join(',')}\n`);
  for (let written = 0; written < size; written += block.length) if (!out.write(block)) await once(out, 'drain');
  out.end();
  await once(out, 'finish');
  return file;
}
