#!/usr/bin/env node
/**
 * `npm run bench:window`: start time, read time, and the cost of a hidden window, measured on the built application in its
 * browser host. Prints a table and writes everything as JSON to .cache/bench/.
 *
 *     npm run bench:window -- [--quick] [--only TEXT]
 *
 * `--only` selects the benches whose name contains TEXT; `--quick` makes shorter runs and fewer repetitions.
 */
import path from 'node:path';
import { setup } from '../../setup.mjs';
import { readOptions } from '../options.mjs';
import { root } from '../benchProcesses.mjs';

const options = readOptions('npm run bench:window -- [--quick] [--only TEXT]', {
  quick: { type: 'boolean', default: false },
  only: { type: 'string', default: '' },
});
if (!(await setup({ quiet: true }))) process.exit(1);
// Imported late: vite may be installed only now.
const { runnerImport } = await import('vite');

/** @type {{ module: typeof import('./windowBench.ts') }} */
const { module } = await runnerImport(path.join(import.meta.dirname, 'windowBench.ts'), { root, configFile: false });
process.exit((await module.benchWindow(root, options)) ? 0 : 1);
