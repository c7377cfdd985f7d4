import path from 'node:path';
import { build } from 'vite';
import { peers } from './peers.mjs';
import { folder, lastLine, peerScripts, root } from './benchProcesses.mjs';
import { compare } from './statistics.mjs';

/** @typedef {import('./cases.mjs').StepCase} StepCase */
/** @typedef {import('./benchProcesses.mjs').Column} Column */
/** @typedef {{ samples: number[], version: string }} StepRun */

const ours = path.join(folder, 'ours.js');

/**
 * Builds the program that runs our own engine.
 * @returns {Promise<Column>}
 */
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
  const own = { title: 'Orthant', command: process.execPath, args: [ours] };
  return {
    ...own,
    env: /** @type {Record<string, string>} */ (await lastLine('its environment', own, ['environment'])),
  };
}

/**
 * Step time of one case in every column: each round runs each column once, so that other load on the machine affects all
 * of them alike. Prints the table.
 * @param {StepCase} bench
 * @param {{ rounds: number, chosen: readonly string[], python: string, own: Column }} options
 */
export async function benchStep(bench, { rounds, chosen, python, own }) {
  /** @type {Column[]} */
  const columns = [
    own,
    ...chosen.flatMap((name) =>
      (peers[name]?.step ?? []).map(({ title, script, mode }) => ({
        title,
        command: python,
        args: [path.join(peerScripts, script), mode],
      })),
    ),
  ];
  const runs = columns.map(() => /** @type {(StepRun | undefined)[]} */ ([]));
  for (let round = 0; round < rounds; round++) {
    for (const [index, column] of columns.entries()) {
      const line = await lastLine(bench.name, column, [JSON.stringify(bench)]);
      runs[index]?.push(/** @type {StepRun | undefined} */ (line));
    }
  }
  const measured = columns.map(({ title }, index) => ({
    title,
    by: runs[index]?.find((run) => run !== undefined)?.version ?? '',
    rounds: (runs[index] ?? []).map((run) => run?.samples ?? []),
  }));
  return { case: bench, results: compare(bench.name, 'ms a step', measured) };
}
