import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isActive, runRecordSchema } from '../../../native/contract/runRecord.ts';
import { BrowserHost } from '../../../e2e/browserHost.ts';
import { OrthantWindow } from '../../../e2e/pages/orthantWindow.ts';
import type { Bench } from './figure.ts';
import { openWindow } from './openWindow.ts';
import { takeTurns, within, type Player, type Turn } from './turns.ts';

/** One run of a sample: with long steps, and with epochs of five short ones, which send the most messages. */
const runs = [
  { sample: 'diamonds', target: 'price', epochs: 120 },
  { sample: 'salaries', target: 'Salary', epochs: 6000 },
];
type Run = (typeof runs)[number];

/** A run in one of the two places, in a folder of its own. */
interface Contender extends Player {
  readonly close: () => Promise<void>;
}

const turnMilliseconds = 200;
const patienceMilliseconds = 600_000;

/** How much longer the epochs of a run take in a hidden window than on the command line, in per cent. */
export const hiddenWindow: Bench = {
  name: 'hidden window',
  run: async ({ root, folder, quick }) => {
    const figures = [];
    for (const run of runs.map((each) => ({ ...each, epochs: quick ? each.epochs / 4 : each.epochs }))) {
      const samples: number[] = [];
      for (let pair = 0; pair < (quick ? 1 : 5); pair++) {
        const places = ['window', 'command-line'].map((name) => path.join(folder, `${run.sample}-${pair}-${name}`));
        const [inWindow = '', onCommandLine = ''] = places;
        const contenders = [fromWindow(inWindow, run), fromCommandLine(root, onCommandLine, run)];
        try {
          const turns = await takeTurns(contenders, turnMilliseconds);
          const [window = NaN, commandLine = NaN] = places.map((place, index) => secondsIn(place, turns[index] ?? []));
          samples.push(100 * (window / commandLine - 1));
        } finally {
          for (const { close } of contenders) await close();
        }
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

function fromCommandLine(root: string, folder: string, run: Run): Contender {
  const file = configure(folder, run);
  const args = ['train', '--config', file, '--out', path.join(folder, 'runs/run'), '--json'];
  let ended: Promise<unknown> | undefined;
  return {
    start: async () => {
      const child = spawn(process.execPath, [path.join(root, 'build/orthant.mjs'), ...args], { stdio: 'ignore' });
      ended = once(child, 'exit');
      await firstEpoch(folder);
      return child.pid === undefined ? [] : [child.pid];
    },
    hasEnded: () => hasEnded(folder),
    close: async () => {
      await ended;
    },
  };
}

function fromWindow(folder: string, run: Run): Contender {
  const file = configure(folder, run);
  const open: (() => Promise<unknown>)[] = [];
  return {
    start: async () => {
      const host = await BrowserHost.start({ folder });
      open.unshift(() => host.stop());
      const { page, pid, minimize, close } = await openWindow(folder);
      open.unshift(close);
      const orthant = new OrthantWindow(page, { hostProcess: () => host.pid });
      await orthant.openAt(await host.address());
      await orthant.withChosenFile(file, () => page.keyboard.press('Control+Shift+O'));
      await orthant.step('Train');
      const train = orthant.training.button('Train').and(page.locator(':not([aria-disabled=true])'));
      await train.waitFor({ timeout: 60_000 });
      await minimize();
      // A hidden page draws no frames, for which a click would wait.
      await train.dispatchEvent('click');
      await firstEpoch(folder);
      return [host.pid, pid];
    },
    hasEnded: () => hasEnded(folder),
    close: async () => {
      for (const close of open) await close();
    },
  };
}

/** Writes the configuration of a run; returns its file. */
function configure(folder: string, { sample, target, epochs }: Run): string {
  mkdirSync(path.join(folder, 'runs'), { recursive: true });
  const file = path.join(folder, 'bench.orthant');
  const data = { source: { kind: 'sample', id: sample }, columns: { [target]: { role: 'target' } } };
  const network = { hidden: [64, 64] };
  const constraint = { method: { id: 'augmented-lagrangian' } };
  writeFileSync(file, JSON.stringify({ data, network, constraint, training: { epochs, earlyStopping: 0 } }));
  return file;
}

/** A file of the only run in a folder, once there is something in it. */
const fileOfRun = (folder: string, name: string): string | undefined =>
  readdirSync(path.join(folder, 'runs'))
    .map((run) => path.join(folder, 'runs', run, name))
    .find((found) => existsSync(found) && statSync(found).size > 0);

async function firstEpoch(folder: string): Promise<void> {
  const deadline = Date.now() + patienceMilliseconds;
  while (fileOfRun(folder, 'metrics.jsonl') === undefined) {
    if (Date.now() > deadline) throw new Error(`The run in ${folder} does not start.`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  writeFileSync(path.join(folder, 'started'), String(Date.now()));
}

function hasEnded(folder: string): boolean {
  const started = Number(readFileSync(path.join(folder, 'started'), 'utf8'));
  if (Date.now() - started > patienceMilliseconds) throw new Error(`The run in ${folder} does not end.`);
  const record = readFileSync(fileOfRun(folder, 'run.json') ?? '', 'utf8');
  return !isActive(runRecordSchema.parse(JSON.parse(record)).state);
}

/** Seconds in the turns from the end of the run's first epoch to the end of its last. */
function secondsIn(folder: string, turns: readonly Turn[]): number {
  const from = Number(readFileSync(path.join(folder, 'started'), 'utf8'));
  return within(turns, { from, to: statSync(fileOfRun(folder, 'metrics.jsonl') ?? '').mtimeMs }) / 1000;
}
