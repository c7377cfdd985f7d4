#!/usr/bin/env node
/**
 * `npm run bench`: measures training time beside JAX and PyTorch on the same machine. Prints tables and writes everything
 * as JSON.
 *
 *     npm run bench -- [--quick] [--only TEXT] [--peers jax,torch] [--rounds N]
 *
 * Every number comes from a separate process. A round runs each column once, one after the other; a column's time is
 * the median over rounds and their samples, and a ratio is the median of the rounds' ratios.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { chooseCard, findCards } from '../../native/tensorflow/cards.mjs';
import { stepCases } from './cases.mjs';
import { readOptions } from './options.mjs';
import { peers, preparePeers } from './peers.mjs';
import { folder, root } from './benchProcesses.mjs';
import { benchStep, prepareOurs } from './steps.mjs';
import { benchWholeRun, wholeRunName } from './wholeRun.mjs';

const usage = `npm run bench -- [--quick] [--only TEXT] [--peers ${Object.keys(peers).join(',')}] [--rounds N]`;
const options = readOptions(usage, {
  quick: { type: 'boolean', default: false },
  only: { type: 'string', default: '' },
  peers: { type: 'string', default: 'jax' },
  rounds: { type: 'string' },
});
const chosen = options.peers.split(',').filter((name) => name !== '');
const unknown = chosen.find((name) => peers[name] === undefined);
if (unknown !== undefined) fail(`There is no peer "${unknown}". There are: ${Object.keys(peers).join(', ')}.`);
const rounds = Number(options.rounds ?? (options.quick ? 1 : 3));
if (!Number.isInteger(rounds) || rounds < 1) fail('--rounds takes a whole number from 1 on.');

const matches = (/** @type {string} */ name) => name.includes(options.only);
const cases = stepCases(options.quick).filter(({ name }) => matches(name));
if (cases.length === 0 && !matches(wholeRunName)) fail(`Nothing is called "${options.only}".`);

mkdirSync(folder, { recursive: true });
const { card } = chooseCard(await findCards());
const python = chosen.length === 0 ? '' : await preparePeers(chosen, folder, card !== undefined, console.log);
const own = await prepareOurs();

const processor = cpus();
const machine = {
  processor: processor[0]?.model.trim(),
  cores: processor.length,
  ...(card === undefined ? {} : { card: card.name, driver: card.driver }),
  node: process.version,
};
const on = [`${machine.processor}, ${machine.cores} cores`, ...(card === undefined ? [] : [card.name])].join('; ');
console.log(`${on}; ${rounds} round(s).\n`);

const steps = [];
for (const bench of cases) steps.push(await benchStep(bench, { rounds, chosen, python, own }));
const epochs = options.quick ? 5 : 50;
const wholeRun = matches(wholeRunName) ? await benchWholeRun({ rounds, epochs, chosen, python }) : undefined;

const date = new Date().toISOString();
const report = { date, machine, options: { quick: options.quick, rounds }, steps, wholeRun };
const file = path.join(folder, `bench-${date.replaceAll(/[:.]/g, '-')}.json`);
writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
console.log(`Written: ${path.relative(root, file)}`);

/** @param {string} message @returns {never} */
function fail(message) {
  console.error(message);
  process.exit(2);
}
