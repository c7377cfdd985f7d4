import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { gunzipSync } from 'node:zlib';
import { setup } from '../setup.mjs';
import { peers } from './peers.mjs';
import { folder, lastLine, peerScripts, root } from './benchProcesses.mjs';
import { compare, digits } from './statistics.mjs';

/** @typedef {import('./benchProcesses.mjs').Column} Column */
export const wholeRunName = 'whole run diamonds';
const own = 'Orthant';

/**
 * From a CSV file to the trained model, start of the process included. Ours is the built command line as in an installed
 * application: without the check of the set-up, which runs before the measurement.
 * @param {{ rounds: number, epochs: number, chosen: readonly string[], python: string }} options
 */
export async function benchWholeRun({ rounds, epochs, chosen, python }) {
  if (!(await setup({ quiet: true, targets: ['native'] }))) throw new Error('The command line could not be built.');
  const file = path.join(folder, 'diamonds.csv');
  writeFileSync(file, gunzipSync(readFileSync(path.join(root, 'native/data/samples/diamonds/diamonds.csv.gz'))));
  const settings = { file, epochs, batch: 64 };
  const data = ['--data', file, '--targets', 'price'];
  const training = [
    '--hidden',
    '64,64',
    '--method',
    'none',
    '--schedule',
    'constant',
    '--weight-decay',
    '0',
    '--early-stopping',
    '0',
  ];
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
  const measured = columns.map((column) => ({ column, by: '', rounds: /** @type {number[][]} */ ([]) }));
  for (let round = 0; round < rounds; round++) {
    for (const each of measured) {
      const run = each.column.title === own ? mkdtempSync(path.join(folder, 'run-')) : undefined;
      const started = performance.now();
      const line = await lastLine(wholeRunName, each.column, run === undefined ? [] : ['--out', run]);
      each.rounds.push(line === undefined ? [] : [(performance.now() - started) / 1000]);
      if (line !== undefined)
        each.by = describe(run === undefined ? /** @type {WholeLine} */ (line) : ownLine(line, run));
      if (run !== undefined) rmSync(run, { recursive: true });
    }
  }
  const results = measured.map(({ column: { title }, by, rounds: seconds }) => ({ title, by, rounds: seconds }));
  return { settings, results: compare(`${wholeRunName}, ${epochs} epochs`, 'seconds', results) };
}

/**
 * The last line of a run. `error`: root of the mean squared error on the validation rows after the last epoch, in dollars
 * (each program draws its own validation rows); it shows that all have learnt the same.
 * @typedef {{ error: number, version: string }} WholeLine
 */

/** @param {WholeLine} line */
const describe = ({ error, version }) => `${version}, error ${digits(error)}`;

/**
 * @param {unknown} line The output of `train --json`.
 * @param {string} run The run folder: the result is for the best epoch, the other programs report their last one.
 * @returns {WholeLine}
 */
function ownLine(line, run) {
  const { engine, version, device, execution } =
    /** @type {import('../../native/contract/results.ts').TrainingResult} */ (line);
  const last = readFileSync(path.join(run, 'metrics.jsonl'), 'utf8').trim().split('\n').at(-1) ?? '';
  const { splits } = /** @type {import('../../native/contract/results.ts').EpochMetrics} */ (JSON.parse(last));
  const error = splits.validation?.outputs[0]?.rmse ?? NaN;
  return { error, version: `${engine} ${version} ${device} ${execution}` };
}
