import path from 'node:path';
import { build } from 'vite';
import { samplesOfRun } from './cases.mjs';
import { peers } from './peers.mjs';
import { folder, lastLine, peerScripts, root } from './processes.mjs';
import { digits, median, ratioOf, summary, table } from './statistics.mjs';

/** @typedef {import('./cases.mjs').StepCase} StepCase */
/** @typedef {import('./processes.mjs').Column} Column */
/** @typedef {{ samples: number[], firstSeconds: number, peakBytes: number, version: string }} StepRun */

/**
 * One column of one case. `rounds`: milliseconds a step of each round's samples, none where the run failed.
 * @typedef {object} StepResult
 * @property {string} title
 * @property {string} version
 * @property {number[][]} rounds
 * @property {{ median: number, least: number, most: number }} milliseconds
 * @property {number} firstSeconds From the start of the process to the end of the first step.
 * @property {number} peakBytes
 * @property {number} ratio Times ours, compiled.
 */
/** @typedef {{ case: StepCase, results: StepResult[] }} StepTable */

export const titles = { eager: 'Orthant eager', compiled: 'Orthant compiled', products: 'matrix products alone' };

const ours = path.join(folder, 'ours.js');

/** Builds what runs our own engine; gives the environment that it needs. */
export async function prepareOurs() {
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
  const ask = { title: 'Orthant', command: process.execPath, args: [ours, '{}', 'environment'] };
  return /** @type {Record<string, string>} */ (await lastLine('its environment', ask, []));
}

/**
 * Runs the cases of one network and batch: each round runs every column of every case once, so that what the machine does
 * besides falls on all of them alike; a column's cases come one after the other. Prints their tables.
 * @param {readonly StepCase[]} cases
 * @param {{ rounds: number, chosen: readonly string[], python: string, environment: Record<string, string> }} options
 * @returns {Promise<StepTable[]>}
 */
export async function benchGroup(cases, { rounds, chosen, python, environment }) {
  const own = (/** @type {string} */ title, /** @type {string} */ mode) => ({
    ...{ title, mode, command: process.execPath, script: ours, env: environment },
    methods: /** @type {string[] | undefined} */ (undefined),
    shared: false,
  });
  const columns = [
    own(titles.eager, 'eager'),
    own(titles.compiled, 'auto'),
    ...chosen
      .flatMap((name) => peers[name]?.step ?? [])
      .map(({ title, script, mode, methods }) => ({
        ...{ title, mode, methods, command: python, script: path.join(peerScripts, script), env: {}, shared: false },
      })),
    // The same for every method.
    { ...own(titles.products, 'products'), shared: true },
  ].map((column) => ({ ...column, runs: /** @type {(StepRun | undefined)[]} */ ([]) }));
  const all = cases.map((bench) => ({
    bench,
    columns: columns
      .filter(({ methods }) => methods?.includes(bench.method) ?? true)
      .map((column) => (column.shared ? column : { ...column, runs: /** @type {typeof column.runs} */ ([]) })),
  }));
  const takingTurns = columns.flatMap(({ title, shared }) =>
    all
      .flatMap(({ bench, columns: of }) =>
        of.filter((each) => each.title === title).map((each) => ({ bench, ...each })),
      )
      .slice(0, shared ? 1 : undefined),
  );
  for (let round = 0; round < rounds; round++) {
    for (const { bench, title, command, script, mode, env, runs } of takingTurns) {
      const settings = { ...bench, samples: samplesOfRun, started: Date.now() };
      const column = { title, command, args: [script], env };
      const line = await lastLine(bench.name, column, [JSON.stringify(settings), mode]);
      runs.push(/** @type {StepRun | undefined} */ (line));
    }
  }
  const tables = all.map(({ bench, columns }) => ({ case: bench, results: results(columns) }));
  for (const each of tables) console.log(tableOf(each), '\n');
  const multipliers = multipliersOverPenalty(tables);
  if (Number.isFinite(multipliers)) {
    console.log(`Multipliers for each row: ${digits(multipliers)} times the penalty's step.\n`);
  }
  return tables;
}

/**
 * Step time of the augmented Lagrangian over that of the penalty, both ours, compiled.
 * @param {readonly StepTable[]} tables Of one network and batch.
 */
export function multipliersOverPenalty(tables) {
  const [multipliers, penalty] = ['augmented-lagrangian', 'penalty'].map(
    (method) =>
      tables.find((each) => each.case.method === method)?.results.find(({ title }) => title === titles.compiled)
        ?.rounds ?? [],
  );
  return ratioOf(multipliers ?? [], penalty ?? []);
}

/** @param {{ title: string, runs: (StepRun | undefined)[] }[]} columns @returns {StepResult[]} */
function results(columns) {
  const roundsOf = (/** @type {(StepRun | undefined)[]} */ runs) => runs.map((run) => run?.samples ?? []);
  const compiled = roundsOf(columns.find(({ title }) => title === titles.compiled)?.runs ?? []);
  return columns.flatMap(({ title, runs }) => {
    const worked = runs.filter((run) => run !== undefined);
    const [first] = worked;
    if (first === undefined) return [];
    return [
      {
        title,
        version: first.version,
        rounds: roundsOf(runs),
        milliseconds: summary(worked.flatMap(({ samples }) => samples)),
        firstSeconds: median(worked.map(({ firstSeconds }) => firstSeconds)),
        peakBytes: median(worked.map(({ peakBytes }) => peakBytes)),
        ratio: ratioOf(roundsOf(runs), compiled),
      },
    ];
  });
}

/** @param {StepTable} table_ */
const tableOf = ({ case: { name }, results }) =>
  table([
    [name, 'ms a step', 'from - to', 'times ours', 'first step', 'peak memory', 'by'],
    ...results.map(
      ({ title, version, milliseconds: { median: middle, least, most }, ratio, firstSeconds, peakBytes }) => [
        `  ${title}`,
        digits(middle),
        `${digits(least)} - ${digits(most)}`,
        digits(ratio),
        `${firstSeconds.toFixed(1)} s`,
        `${Math.round(peakBytes / 1e6)} MB`,
        version,
      ],
    ),
  ]);
