#!/usr/bin/env node
/**
 * `npm run bench:accuracy`: test errors of every method at default settings on the samples and on the CSV files of a
 * folder, beside scikit-learn on the same rows. Prints tables; `--json` writes all numbers.
 *
 *     npm run bench:accuracy -- [--folder FOLDER] [--only TEXT,...] [--methods all|ID,...] [--json FILE] [--quick]
 *
 * `targets.json` beside this file names the targets of known files, one in the folder those of its own. `--only` selects
 * the tables whose name contains one of the texts. The method "default" is the one that a run gets without an option.
 * `--quick` runs two methods on two splits of the tables of few rows.
 */
import path from 'node:path';
import { setup } from '../../setup.mjs';
import { root } from '../benchProcesses.mjs';
// Reads the options, before the set-up.
import './options.mjs';

if (!(await setup({ quiet: true, targets: ['native'] }))) process.exit(1);
// Imported late: vite may be installed only now.
const { runnerImport } = await import('vite');
await runnerImport(path.join(import.meta.dirname, 'accuracyBench.ts'), { root, configFile: false });
