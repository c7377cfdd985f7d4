#!/usr/bin/env node
/**
 * What it costs that the rows that choose the epoch also calibrate the intervals: on small tables, intervals from all
 * validation rows beside half of them for choosing and half for calibrating, over random splits.
 *
 *     node build/bench/intervals.mjs --folder TABLES [--seeds N] [--level SHARE] [--engine NAME]
 *
 * Of the rows 60 % train, 20 % validate, 20 % test. Prints a line of JSON a table: mean coverage of the test rows, half
 * width and test error in the target's units, over the splits. Needs built code (`npm run build`).
 */
import { fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readOptions } from './options.mjs';

const usage = 'node build/bench/intervals.mjs --folder TABLES [--seeds N] [--level SHARE] [--engine NAME]';
const { folder, seeds, level, engine } = readOptions(usage, {
  folder: { type: 'string', default: '../shared/cases/real' },
  seeds: { type: 'string', default: '20' },
  level: { type: 'string', default: '0.9' },
  engine: { type: 'string', default: 'auto' },
});

/** Tables of fewer than 500 rows, with 9 rows at least in half of their validation rows. */
const tables = { airquality: 'Ozone', cars: 'Miles_per_Gallon', diabetes: 'target', penguins: 'body_mass_g' };

const child = fork(path.resolve(import.meta.dirname, '../../.dist/native/engine.js'), ['--role', 'train'], {
  serialization: 'advanced',
  stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
});
let calls = 0;

/**
 * Calls the engine.
 * @param {string} name
 * @param {object} request
 * @returns {Promise<any>}
 */
const call = (name, request) =>
  new Promise((resolve, reject) => {
    const id = ++calls;
    child.on('message', function listener(/** @type {any} */ message) {
      if (message.id !== id || message.kind === 'call') return;
      child.off('message', listener);
      if (message.kind === 'answer') resolve(message.answer);
      else reject(new Error(message.error.message));
    });
    child.send({ kind: 'call', id, name, request });
  });

/**
 * Trains, and resolves with the result.
 * @param {string} file
 * @param {string} target
 * @param {string} out
 * @param {number} epochs
 * @returns {Promise<any>}
 */
function train(file, target, out, epochs) {
  const result = new Promise((resolve, reject) => {
    child.on('message', function listener(/** @type {any} */ message) {
      if (message.kind !== 'event') return;
      for (const event of message.event) {
        if (event.event !== 'finished' && event.event !== 'failed') continue;
        child.off('message', listener);
        if (event.event === 'finished') resolve(event.result);
        else reject(new Error(event.error.message));
      }
    });
  });
  const configuration = {
    data: {
      source: { kind: 'file', path: file },
      columns: { [target]: { role: 'target' }, part: { role: 'ignore' } },
      split: { by: 'column', column: 'group' },
    },
    constraint: { method: { id: 'non-negative-last-layer', settings: {} } },
    training: { epochs, intervalLevel: Number(level) },
    runtime: { engine, execution: 'auto' },
  };
  return call('start', { configuration, out }).then(() => result);
}

/**
 * Numbers from 0 to 1 (mulberry32).
 * @param {number} seed
 */
const generator = (seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let bits = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
  return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
};

/** @param {readonly number[]} values */
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

const temporary = mkdtempSync(path.join(tmpdir(), 'orthant-intervals-'));
try {
  for (const [name, target] of Object.entries(tables)) {
    const [header = '', ...rows] = readFileSync(path.join(folder, `${name}.csv`), 'utf8')
      .trim()
      .split('\n');
    const none = () => /** @type {number[]} */ ([]);
    const found = {
      coverageAll: none(),
      coverageHalf: none(),
      halfWidthAll: none(),
      halfWidthHalf: none(),
      rmseAll: none(),
      rmseHalf: none(),
    };
    const epochs = Math.ceil(2000 / Math.ceil((0.6 * rows.length) / 64));
    for (let seed = 0; seed < Number(seeds); seed++) {
      const random = generator(seed);
      // The rank of a row's random number decides its group.
      const order = rows.map((_, row) => ({ row, key: random() })).sort((a, b) => a.key - b.key);
      const group = new Map(
        order.map(({ row }, rank) => {
          const share = rank / rows.length;
          return [row, share < 0.6 ? 'train' : share < 0.7 ? 'choose' : share < 0.8 ? 'calibrate' : 'test'];
        }),
      );
      /** @param {string} of @param {(group: string) => string} split */
      const write = (of, split) => {
        const file = path.join(temporary, `${of}.csv`);
        const lines = rows.map((line, row) => `${line.trim()},${split(group.get(row) ?? '')}`);
        writeFileSync(file, `${header.trim()},group\n${lines.join('\n')}\n`);
        return file;
      };
      const all = await train(
        write('all', (of) => (of === 'choose' || of === 'calibrate' ? 'validation' : of)),
        target,
        path.join(temporary, `${name}-all-${seed}`),
        epochs,
      );
      const half = path.join(temporary, `${name}-half-${seed}`);
      await train(
        write('half', (of) => (of === 'choose' ? 'validation' : of === 'calibrate' ? 'test' : of)),
        target,
        half,
        epochs,
      );
      const { rows: predicted } = await call('predictions', { run: half, split: 'test', limit: 100_000 });
      /** @param {string} of */
      const residuals = (of) =>
        predicted
          .filter((/** @type {{ row: number }} */ { row }) => group.get(row - 1) === of)
          .map((/** @type {any} */ { target: [truth], prediction: [value] }) => Math.abs(value - truth));
      const calibrating = residuals('calibrate').sort((/** @type {number} */ a, /** @type {number} */ b) => a - b);
      const halfWidth = calibrating[Math.ceil((calibrating.length + 1) * Number(level) - 1e-9) - 1] ?? Infinity;
      const test = residuals('test');
      found.coverageHalf.push(mean(test.map((/** @type {number} */ residual) => (residual <= halfWidth ? 1 : 0))));
      found.halfWidthHalf.push(halfWidth);
      found.rmseHalf.push(Math.sqrt(mean(test.map((/** @type {number} */ residual) => residual ** 2))));
      const [output] = all.splits.test.outputs;
      found.coverageAll.push(output.interval?.coverage ?? 1);
      found.halfWidthAll.push(all.intervals.halfWidths?.[0] ?? Infinity);
      found.rmseAll.push(output.rmse);
    }
    const means = Object.entries(found).map(([key, values]) => [key, Number(mean(values).toPrecision(4))]);
    console.log(JSON.stringify({ name, rows: rows.length, epochs, ...Object.fromEntries(means) }));
  }
} finally {
  child.kill();
  rmSync(temporary, { recursive: true, force: true });
}
