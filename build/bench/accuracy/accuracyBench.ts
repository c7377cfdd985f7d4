import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { closing, Engine } from '../../../native/cli/client.ts';
import type { RunConfiguration } from '../../../native/contract/configuration.ts';
import { endingSignals } from '../../../native/system/processes.mjs';
import { folder as cache, lastLine, peerScripts } from '../benchProcesses.mjs';
import { preparePython } from '../peers.mjs';
import { shareBelow, type Box } from './box.ts';
import type { Entry, Figures, MeasuredTable, Run } from './figures.ts';
import { peerIds, protocol, summaries, summaryText, tableText } from './report.ts';
import { options } from './options.mjs';
import { folderTables, sampleTables, type BenchTable } from './tables.ts';
import { BenchTrainer, engineFile } from './trainer.ts';

const packages = ['scikit-learn==1.9.1', 'numpy==2.4.6', 'pandas==3.1.1'];
const script = path.join(peerScripts, 'accuracy.py');
/** A table of fewer rows is measured on several random splits, since one has too few test rows. */
const fewRows = 500;
/** Number of training seeds on the split of a table of more rows; they are 0, 1, 2. */
const seeds = 3;
/** The method of a run without an option. */
const byDefault = 'default';

// The work is done while this module is imported: vite closes its runner after that, and parts of native/ import late.
process.exit((await benchAccuracy()) ? 0 : 1);

/** Settings of a whole bench. */
interface Bench {
  readonly python: string;
  /** A folder for the files of the bench; it is removed at the end. */
  readonly folder: string;
  readonly trainer: BenchTrainer;
  readonly methods: readonly string[];
  readonly splits: number;
  readonly points: number;
}

/** How the rows of a table were divided: files with a column `part`. */
interface Division {
  readonly few: boolean;
  readonly rows: number;
  readonly leftOut: number;
  readonly files: readonly { readonly file: string; readonly box: Box }[];
}

/**
 * Measures all chosen tables one after the other, prints each when it is done, and the summary last.
 *
 * @returns whether every table and run was measured
 */
async function benchAccuracy(): Promise<boolean> {
  const python = await preparePython({ 'scikit-learn': { packages, size: '0.4 GB' } }, cache, console.error);
  const folder = mkdtempSync(path.join(tmpdir(), 'orthant-bench-'));
  const data = new Engine('data', { file: engineFile });
  const trainer = new BenchTrainer(data);
  const clean = (): void => {
    trainer.kill();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  const interrupt = (): never => process.exit(130);
  process.once('exit', clean);
  for (const signal of endingSignals) process.once(signal, interrupt);
  return closing(data, async () => {
    const methods = await chooseMethods(data);
    const only = options.only.split(',');
    const all = [...(await sampleTables(data)), ...(options.folder === undefined ? [] : folderTables(options.folder))];
    const chosen = all.filter(({ name }) => only.some((text) => name.includes(text)));
    if (chosen.length === 0) fail(`No table is called "${options.only}".`);
    const splits = options.quick ? 2 : 10;
    const points = options.quick ? 20_000 : 200_000;
    const bench = { python, folder, trainer, methods, splits, points };
    console.log(protocol(points));
    const measured: MeasuredTable[] = [];
    for (const table of chosen) {
      const one = await measureTable(bench, table);
      if (one === undefined) continue;
      measured.push(one);
      console.log(tableText(one));
      if (options.json !== undefined) writeReport(options.json, bench, measured);
    }
    console.log(summaryText(summaries(measured, methods)));
    const complete = measured.every(({ entries }) => entries.every(({ runs }) => !runs.some((run) => 'error' in run)));
    return complete && (options.quick || measured.length === chosen.length);
  });
}

/** Written after every table: the whole bench takes long. */
function writeReport(file: string, { methods, points }: Bench, tables: readonly MeasuredTable[]): void {
  const summary = summaries(tables, methods);
  const report = { date: new Date().toISOString(), packages, options, points, tables, summary };
  writeFileSync(file, `${JSON.stringify(report, null, 1)}\n`);
}

async function chooseMethods(data: Engine): Promise<string[]> {
  const { methods, quick } = options;
  const ids = (await data.call('methods', {})).map(({ id }) => id);
  const all = [byDefault, 'none', ...ids.filter((id) => id !== 'none')];
  if (methods === undefined) return quick ? [byDefault, 'none'] : all;
  if (methods === 'all') return all;
  const chosen = methods.split(',');
  const unknown = chosen.find((id) => !all.includes(id));
  if (unknown !== undefined) fail(`There is no method "${unknown}". There are: ${all.join(', ')}.`);
  return chosen;
}

/** Undefined, after a message, if it cannot be divided, or has too many rows for a quick bench. */
async function measureTable(bench: Bench, table: BenchTable): Promise<MeasuredTable | undefined> {
  const { folder, splits, methods } = bench;
  const out = path.join(folder, table.name);
  mkdirSync(out);
  const { name, path: file, divisors, targets, parts } = table;
  const job = { path: file, divisors, targets, parts, out, fewRows, splits };
  const division = (await callPython(bench, 'divide', job, name)) as Division | undefined;
  if (division === undefined || (options.quick && !division.few)) return undefined;
  const { few, rows, leftOut, files } = division;
  const places = few ? files : Array.from({ length: seeds }, () => files).flat();
  const runs = places.map((place, seed) => ({ ...place, seed }));
  const entries = new Map<string, Run[]>();
  const add = (id: string, run: Run): void => {
    entries.set(id, [...(entries.get(id) ?? []), run]);
  };
  for (const run of runs) {
    const what = `${name} ${run.seed + 1}/${runs.length}`;
    for (const method of methods) add(method, await measureRun(bench, table, run, method, what));
    for (const [id, figures] of Object.entries(await measurePeers(bench, table, run, what))) add(id, figures);
  }
  rmSync(out, { recursive: true });
  const all = [...entries].map(([id, of]): Entry => ({ id, runs: of }));
  return { name, targets, rows, leftOut, few, entries: all };
}

interface Place {
  readonly file: string;
  readonly box: Box;
  readonly seed: number;
}

async function measureRun(
  { trainer, folder, points }: Bench,
  table: BenchTable,
  { file, box, seed }: Place,
  method: string,
  what: string,
): Promise<Run> {
  const out = path.join(folder, 'run');
  const say = (text: string): void => {
    console.error(`${what} ${method}: ${text}`);
  };
  try {
    const started = performance.now();
    const result = await trainer.train(configure(table, file, method, seed), out);
    const seconds = (performance.now() - started) / 1000;
    const outputs = table.targets.map((target) => result.splits.test?.outputs.find(({ name }) => name === target));
    const rmse = outputs.map((output) => output?.rmse ?? NaN);
    const negative = outputs.map((output) => output?.negativeShare ?? NaN);
    say(`test RMSE ${rmse.map((value) => value.toPrecision(4)).join(', ')} in ${seconds.toFixed(1)} s`);
    if (result.files === undefined) throw new Error('It has no exported model.');
    const below = await shareBelow(result.files.onnx, table.targets, box, points);
    return { rmse, negative, below, seconds, result };
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown.message : String(thrown);
    say(error);
    return { error };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** The configuration without an option but data, targets, split, method and seed. */
function configure({ configuration }: BenchTable, file: string, method: string, seed: number): RunConfiguration {
  const { data, constraint, training } = configuration;
  return {
    ...configuration,
    data: { ...data, source: { kind: 'file', path: file }, split: { by: 'column', column: 'part' } },
    constraint: method === byDefault ? constraint : { ...constraint, method: { id: method, settings: {} } },
    training: { ...training, seed },
  };
}

/** The other side's figures, by model; kept in the cache, since they stay the same for the same file. */
async function measurePeers(
  bench: Bench,
  { targets }: BenchTable,
  { file, seed }: Place,
  what: string,
): Promise<Record<string, Run>> {
  const job = { targets, seed, points: bench.points };
  const hash = createHash('sha256').update(JSON.stringify([packages, job]));
  const key = hash.update(readFileSync(script)).update(readFileSync(file)).digest('hex');
  const kept = path.join(cache, 'accuracy', `${key}.json`);
  if (existsSync(kept)) return JSON.parse(readFileSync(kept, 'utf8')) as Record<string, Figures>;
  console.error(`${what} scikit-learn`);
  const answer = (await callPython(bench, 'fit', { ...job, file }, what)) as Record<string, Figures> | undefined;
  if (answer === undefined) return Object.fromEntries(peerIds.map((id) => [id, { error: 'the Python side failed' }]));
  mkdirSync(path.dirname(kept), { recursive: true });
  writeFileSync(kept, JSON.stringify(answer));
  return answer;
}

/** The answer of the Python script; undefined, after a message, if it fails. */
function callPython({ python, folder }: Bench, mode: string, job: object, what: string): Promise<unknown> {
  const file = path.join(folder, 'job.json');
  writeFileSync(file, JSON.stringify(job));
  return lastLine(what, { title: 'scikit-learn', command: python, args: [script, mode] }, [file]);
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
