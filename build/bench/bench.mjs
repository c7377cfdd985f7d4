#!/usr/bin/env node
/**
 * `npm run bench`: how fast training is, beside others on the same machine. Prints tables and writes everything as JSON.
 *
 *     npm run bench -- [--quick] [--only TEXT] [--peers jax,torch,keras,sklearn] [--rounds N]
 *
 * Every number comes from a process of its own. A round runs each column once, one after the other, so that what the
 * machine does besides falls on all of them alike; a column's number is the median over rounds and their samples.
 */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { build } from 'vite';
import { describeFailure, runCommand } from '../../native/tensorflow/command.mjs';
import { samplesOfRun, stepCases } from './cases.mjs';
import { peers, preparePeers } from './peers.mjs';
import { digits, median, summary, table } from './statistics.mjs';

/** @typedef {import('./cases.mjs').StepCase} StepCase */
/** @typedef {{ samples: number[], firstSeconds: number, peakBytes: number, version?: string, compile?: number, deviceName?: string }} StepRun */
/** @typedef {{ title: string, command: string, args: string[] }} Column */

const root = path.resolve(import.meta.dirname, '../..');
const folder = path.join(root, '.cache/bench');
const scripts = path.join(import.meta.dirname, 'peers');
const minutes = 60_000;

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    peers: { type: 'string', default: 'jax' },
    rounds: { type: 'string' },
  },
});
const chosen = options.peers.split(',').filter((name) => name !== '');
const unknown = chosen.find((name) => peers[name] === undefined);
if (unknown !== undefined) fail(`There is no peer "${unknown}". There are: ${Object.keys(peers).join(', ')}.`);
const rounds = Number(options.rounds ?? (options.quick ? 1 : 3));
if (!Number.isInteger(rounds) || rounds < 1) fail('--rounds takes a whole number from 1 on.');

const matches = (/** @type {string} */ name) => name.includes(options.only);
const cases = stepCases(options.quick).filter(({ name }) => matches(name));
const wholeName = 'whole run diamonds';
if (cases.length === 0 && !matches(wholeName)) fail(`Nothing is called "${options.only}".`);

mkdirSync(folder, { recursive: true });
const python = chosen.length === 0 ? '' : await preparePeers(chosen, folder, console.log);
await build({
  root,
  configFile: false,
  logLevel: 'warn',
  ssr: { external: true },
  build: {
    ssr: path.join(import.meta.dirname, 'ours.ts'),
    target: 'node20',
    outDir: folder,
    emptyOutDir: false,
    minify: false,
    rolldownOptions: { output: { entryFileNames: 'ours.js', chunkFileNames: 'ours-[name].js' } },
  },
});

const processor = cpus();
const report = {
  date: new Date().toISOString(),
  machine: { processor: processor[0]?.model.trim(), cores: processor.length, node: process.version },
  options: { quick: options.quick, rounds },
  /** @type {object[]} */
  steps: [],
  /** @type {object[]} */
  wholeRuns: [],
};
console.log(
  `${report.machine.processor}, ${report.machine.cores} cores; ${rounds} round(s) of ${samplesOfRun} samples.\n`,
);

for (const bench of cases) await benchStep(bench);
if (matches(wholeName)) await benchWholeRun();
const file = path.join(folder, `bench-${report.date.replaceAll(/[:.]/g, '-')}.json`);
writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
console.log(`Written: ${path.relative(root, file)}`);

/** @param {StepCase} bench */
async function benchStep(bench) {
  const ours = path.join(folder, 'ours.js');
  /** @type {Column[]} */
  const columns = [
    { title: 'Orthant eager', command: process.execPath, args: [ours, 'eager'] },
    { title: 'Orthant compiled', command: process.execPath, args: [ours, 'xla'] },
    ...chosen
      .flatMap((name) => peers[name]?.step ?? [])
      .map(([title, script, mode]) => ({ title, command: python, args: [path.join(scripts, script), mode] })),
    { title: 'matrix products alone', command: process.execPath, args: [ours, 'products'] },
  ];
  /** @type {Map<string, StepRun[]>} */
  const runs = new Map(columns.map(({ title }) => [title, []]));
  for (let round = 0; round < rounds; round++) {
    for (const { title, command, args } of columns) {
      const [script = '', mode = ''] = args;
      const settings = { ...bench, samples: samplesOfRun, device: 'auto', started: Date.now() };
      const line = await lastLine(`${title}, ${bench.name}`, command, [script, JSON.stringify(settings), mode]);
      if (line !== undefined) runs.get(title)?.push(/** @type {StepRun} */ (line));
    }
  }
  const results = columns
    .map(({ title }) => ({ title, runs: runs.get(title) ?? [] }))
    .filter((column) => column.runs.length > 0)
    .map(({ title, runs: of }) => ({
      title,
      version: of[0]?.version ?? of[0]?.deviceName,
      milliseconds: summary(of.flatMap(({ samples }) => samples)),
      firstSeconds: median(of.map(({ firstSeconds }) => firstSeconds)),
      peakBytes: median(of.map(({ peakBytes }) => peakBytes)),
    }));
  const compiled = results.find(({ title }) => title === 'Orthant compiled')?.milliseconds.median ?? NaN;
  const ratios = results.map(({ milliseconds }) => milliseconds.median / compiled);
  report.steps.push({ case: bench, results: results.map((result, i) => ({ ...result, ratio: ratios[i] })) });
  console.log(
    table([
      [bench.name, 'ms a step', 'from - to', 'times ours', 'first step', 'peak memory'],
      ...results.map(({ title, milliseconds: { median: middle, least, most }, firstSeconds, peakBytes }, i) => [
        `  ${title}`,
        digits(middle),
        `${digits(least)} - ${digits(most)}`,
        digits(ratios[i] ?? NaN),
        `${firstSeconds.toFixed(1)} s`,
        `${Math.round(peakBytes / 1e6)} MB`,
      ]),
    ]),
    '\n',
  );
}

/** 50 epochs from a CSV file to the trained model, start of the process included. */
async function benchWholeRun() {
  const csv = path.join(folder, 'diamonds.csv');
  writeFileSync(csv, gunzipSync(readFileSync(path.join(root, 'native/data/samples/diamonds/diamonds.csv.gz'))));
  const settings = { file: csv, epochs: options.quick ? 5 : 50, batch: 64 };
  const training = ['--hidden', '64,64', '--method', 'none', '--schedule', 'constant'];
  const length = ['--epochs', String(settings.epochs), '--batch', String(settings.batch)];
  /** @type {Column[]} */
  const columns = [
    {
      title: 'Orthant',
      command: process.execPath,
      args: [
        path.join(root, 'build/orthant.mjs'),
        ...['train', '--data', csv, '--targets', 'price', ...training, ...length],
        '--json',
      ],
    },
    ...chosen.flatMap((name) => {
      const script = peers[name]?.whole;
      if (script === undefined) return [];
      return [{ title: name, command: python, args: [path.join(scripts, script), JSON.stringify(settings)] }];
    }),
  ];
  /** @type {Map<string, number[]>} */
  const seconds = new Map(columns.map(({ title }) => [title, []]));
  for (let round = 0; round < rounds; round++) {
    for (const { title, command, args } of columns) {
      const out = title === 'Orthant' ? ['--out', mkdtempSync(path.join(folder, 'run-'))] : [];
      const started = performance.now();
      const line = await lastLine(`${title}, ${wholeName}`, command, [...args, ...out]);
      if (line !== undefined) seconds.get(title)?.push((performance.now() - started) / 1000);
    }
  }
  const ours = median(seconds.get('Orthant') ?? []);
  const results = [...seconds]
    .filter(([, values]) => values.length > 0)
    .map(([title, values]) => ({ title, seconds: summary(values), ratio: median(values) / ours }));
  report.wholeRuns.push({ settings, results });
  console.log(
    table([
      [`${wholeName}, ${settings.epochs} epochs`, 'seconds', 'from - to', 'times ours'],
      ...results.map(({ title, seconds: { median: middle, least, most }, ratio }) => [
        `  ${title}`,
        digits(middle),
        `${digits(least)} - ${digits(most)}`,
        digits(ratio),
      ]),
    ]),
    '\n',
  );
}

/**
 * The JSON object that a program prints last; where it fails that is said and the bench goes on without it.
 * @param {string} what
 * @param {string} command
 * @param {string[]} args
 * @returns {Promise<unknown>}
 */
async function lastLine(what, command, args) {
  const result = await runCommand(command, args, {
    timeoutMs: 30 * minutes,
    cwd: root,
    env: { ...process.env, KERAS_BACKEND: 'jax', TF_CPP_MIN_LOG_LEVEL: '2' },
  });
  const line = result.stdout.trim().split('\n').at(-1) ?? '';
  if (result.code === 0 && line.startsWith('{')) return JSON.parse(line);
  console.error(`${what}: ${describeFailure('it', result)}`);
  process.exitCode = 1;
  return undefined;
}

/** @param {string} message @returns {never} */
function fail(message) {
  console.error(message);
  process.exit(2);
}
