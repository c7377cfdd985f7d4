import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { isActive, runRecordSchema } from '../../../native/contract/runs.ts';
import { BrowserHost } from '../../../e2e/browserHost.ts';
import { OrthantWindow } from '../../../e2e/pages/orthantWindow.ts';
import type { Bench } from './figure.ts';
import { openWindow } from './openWindow.ts';

/** One run of a sample: with long steps, and with epochs of five short ones, which send the most messages. */
const runs = [
  { sample: 'diamonds', target: 'price', epochs: 120 },
  { sample: 'salaries', target: 'Salary', epochs: 6000 },
];
type Run = (typeof runs)[number];

/**
 * How much longer the epochs of a run take in a hidden window than on the command line, in per cent. The two run one
 * after the other and the window's engine has a lower priority, so the machine must otherwise be idle.
 */
export const hiddenWindow: Bench = {
  name: 'hidden window',
  run: async ({ root, folder, quick }) => {
    const figures = [];
    for (const run of runs.map((each) => ({ ...each, epochs: quick ? each.epochs / 4 : each.epochs }))) {
      const samples: number[] = [];
      for (let pair = 0; pair < (quick ? 1 : 5); pair++) {
        const place = (name: string): string => path.join(folder, `${run.sample}-${pair}-${name}`);
        const [window, commandLine] = [
          await fromWindow(place('window'), run),
          await fromCommandLine(root, place('command-line'), run),
        ];
        samples.push(100 * (window / commandLine - 1));
      }
      figures.push({
        name: `window hidden, slower than the command line (${run.sample})`,
        unit: '%',
        limit: 3,
        samples,
      });
    }
    return figures;
  },
};

async function fromCommandLine(root: string, folder: string, run: Run): Promise<number> {
  const file = configure(folder, run);
  const args = ['build/orthant.mjs', 'train', '--config', file, '--out', path.join(folder, 'runs/run'), '--json'];
  const [seconds] = await Promise.all([
    secondsOfEpochs(folder),
    promisify(execFile)(process.execPath, args, { cwd: root }),
  ]);
  return seconds;
}

async function fromWindow(folder: string, run: Run): Promise<number> {
  const file = configure(folder, run);
  const host = await BrowserHost.start({ folder });
  const { page, minimize, close } = await openWindow(folder);
  try {
    const orthant = new OrthantWindow(page, { hostProcess: () => host.pid });
    await orthant.openAt(await host.address());
    await orthant.withChosenFile(file, () => page.keyboard.press('Control+Shift+O'));
    await orthant.step('Train');
    const train = orthant.training.button('Train').and(page.locator(':not([aria-disabled=true])'));
    await train.waitFor({ timeout: 60_000 });
    await minimize();
    // A click would wait for frames, which a hidden page does not draw.
    await train.dispatchEvent('click');
    return await secondsOfEpochs(folder);
  } finally {
    await close();
    await host.stop();
  }
}

/** Writes the configuration of a run; returns its file. */
function configure(folder: string, { sample, target, epochs }: Run): string {
  mkdirSync(path.join(folder, 'runs'), { recursive: true });
  const file = path.join(folder, 'bench.orthant');
  const data = { source: { kind: 'sample', id: sample }, columns: { [target]: { role: 'target' } } };
  writeFileSync(file, JSON.stringify({ data, training: { epochs } }));
  return file;
}

/** Waits for the only run in a folder; returns the seconds from the end of its first epoch to the end of its last. */
async function secondsOfEpochs(folder: string): Promise<number> {
  const places = path.join(folder, 'runs');
  const find = (file: string): string | undefined =>
    readdirSync(places)
      .map((run) => path.join(places, run, file))
      .find((found) => existsSync(found) && statSync(found).size > 0);
  const deadline = Date.now() + 600_000;
  const until = async (happened: () => boolean, every: number): Promise<void> => {
    while (!happened()) {
      if (Date.now() > deadline) throw new Error(`The run in ${folder} does not end.`);
      await new Promise((resolve) => setTimeout(resolve, every));
    }
  };
  await until(() => find('metrics.jsonl') !== undefined, 5);
  const from = Date.now();
  const hasEnded = (): boolean =>
    !isActive(runRecordSchema.parse(JSON.parse(readFileSync(find('run.json') ?? '', 'utf8'))).state);
  await until(hasEnded, 100);
  return (statSync(find('metrics.jsonl') ?? '').mtimeMs - from) / 1000;
}
