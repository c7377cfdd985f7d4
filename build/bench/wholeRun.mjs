import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { gunzipSync } from 'node:zlib';
import { setup } from '../setup.mjs';
import { peers } from './peers.mjs';
import { folder, lastLine, peerScripts, root } from './processes.mjs';
import { digits, median, ratioOf, summary, table } from './statistics.mjs';

/** @typedef {import('./processes.mjs').Column} Column */
/**
 * What a run says of itself last. `error`: root of the mean squared error on the validation rows after the last epoch, in
 * dollars (each has drawn its own validation rows).
 * @typedef {{ error: number, version: string, phases?: Record<string, number> }} WholeLine
 */
/**
 * `error`: the median; that all have learnt the same. `phases`: seconds of each phase of our own runs.
 * @typedef {{ title: string, version: string, error: number, seconds: { median: number, least: number, most: number }, ratio: number, phases?: Record<string, number> }} WholeResult
 */
/** @typedef {{ settings: { file: string, epochs: number, batch: number }, results: WholeResult[] }} WholeRun */

export const wholeRunName = 'whole run diamonds';
const own = 'Orthant';

/**
 * From a CSV file to the trained model, start of the process included. Ours is the built command line, as an installed
 * application has it: without the look whether anything must be set up, which is made before.
 * @param {{ rounds: number, epochs: number, chosen: readonly string[], python: string }} options
 * @returns {Promise<WholeRun>}
 */
export async function benchWholeRun({ rounds, epochs, chosen, python }) {
  if (!(await setup({ quiet: true, targets: ['native'] }))) throw new Error('The command line could not be built.');
  const file = path.join(folder, 'diamonds.csv');
  writeFileSync(file, gunzipSync(readFileSync(path.join(root, 'native/data/samples/diamonds/diamonds.csv.gz'))));
  const settings = { file, epochs, batch: 64 };
  const data = ['--data', file, '--targets', 'price'];
  const training = ['--hidden', '64,64', '--method', 'none', '--schedule', 'constant'];
  const length = ['--epochs', String(epochs), '--batch', String(settings.batch)];
  /** @type {Column[]} */
  const columns = [
    {
      title: own,
      command: process.execPath,
      args: [path.join(root, '.dist/native/cli.js'), 'train', ...data, ...training, ...length, '--json'],
    },
    ...chosen.flatMap((name) => {
      const { whole } = peers[name] ?? {};
      if (whole === undefined) return [];
      const args = [path.join(peerScripts, whole.script), JSON.stringify(settings)];
      return [{ title: whole.title, command: python, args }];
    }),
  ];
  const all = columns.map((column) => ({
    column,
    rounds: /** @type {number[][]} */ ([]),
    lines: /** @type {WholeLine[]} */ ([]),
  }));
  for (let round = 0; round < rounds; round++) {
    for (const { column, rounds: seconds, lines } of all) {
      const run = column.title === own ? mkdtempSync(path.join(folder, 'run-')) : undefined;
      const started = performance.now();
      const line = await lastLine(wholeRunName, column, run === undefined ? [] : ['--out', run]);
      seconds.push(line === undefined ? [] : [(performance.now() - started) / 1000]);
      if (line !== undefined) lines.push(run === undefined ? /** @type {WholeLine} */ (line) : ownLine(line, run));
      if (run !== undefined) rmSync(run, { recursive: true });
    }
  }
  const ours = all[0]?.rounds ?? [];
  const phases = medians((all[0]?.lines ?? []).flatMap(({ phases: of }) => (of === undefined ? [] : [of])));
  const results = all
    .filter(({ rounds: of }) => of.flat().length > 0)
    .map(({ column: { title }, rounds: of, lines }) => ({
      ...{ title, version: lines[0]?.version ?? '', error: median(lines.map(({ error }) => error)) },
      ...{ seconds: summary(of.flat()), ratio: ratioOf(of, ours) },
      ...(title === own ? { phases } : {}),
    }));
  console.log(
    table([
      [`${wholeRunName}, ${epochs} epochs`, 'seconds', 'from - to', 'times ours', 'error', 'by'],
      ...results.map(({ title, version, error, seconds: { median: middle, least, most }, ratio }) => [
        `  ${title}`,
        digits(middle),
        `${digits(least)} - ${digits(most)}`,
        digits(ratio),
        digits(error),
        version,
      ]),
    ]),
  );
  const words = Object.entries(phases).map(([phase, seconds]) => `${phase} ${digits(seconds)}`);
  console.log(`Of ours, in seconds: ${words.join(', ')}; the rest is the start and end of processes.\n`);
  return { settings, results };
}

/**
 * @param {unknown} line What `train --json` prints.
 * @param {string} run The run folder: the result is of the best epoch, and the others tell of their last one.
 * @returns {WholeLine}
 */
function ownLine(line, run) {
  const { engine, version, device, execution, phases } =
    /** @type {import('../../native/contract/results.ts').TrainingResult} */ (line);
  const last = readFileSync(path.join(run, 'metrics.jsonl'), 'utf8').trim().split('\n').at(-1) ?? '';
  const { splits } = /** @type {import('../../native/contract/results.ts').EpochMetrics} */ (JSON.parse(last));
  const error = splits.validation?.outputs[0]?.rmse ?? NaN;
  return {
    error,
    version: `${engine} ${version} ${device} ${execution}`,
    phases: /** @type {Record<string, number>} */ (phases),
  };
}

/** @param {readonly Record<string, number>[]} records @returns {Record<string, number>} */
const medians = (records) =>
  Object.fromEntries(
    Object.keys(records[0] ?? {}).map((key) => [key, median(records.map((each) => each[key] ?? NaN))]),
  );
