/**
 * Set-up: npm packages, TensorFlow, its compiled binding, built code. Plain Node, since it runs before anything is
 * installed. Each step first checks whether there is anything to do; a second run uses no network.
 *
 *   node build/setup.mjs [--gpu] [--only packages,tensorflow,binding,code] [--quiet]
 *   node build/setup.mjs --plan [--platform linux-x64|linux-arm64|darwin-arm64|win32-x64] [--gpu] [--json]
 */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { withLock } from '../native/system/lock.mjs';
import { findBinding } from '../native/tensorflow/binding.mjs';
import { missingWheels, planTensorFlow, platforms } from '../native/tensorflow/plan.mjs';
import { buildCode, codeIsCurrent } from './setup/code.mjs';
import { installPackages, packagesAreCurrent } from './setup/packages.mjs';
import { describePlan, planToJson } from './setup/printPlan.mjs';
import { failureNote, planForThisMachine, provideBinding, provideTensorflow } from './setup/tensorflow.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const stepNames = ['packages', 'tensorflow', 'binding', 'code'];

/**
 * @typedef {object} SetupOptions
 * @property {boolean} [gpu] With an NVIDIA card that TensorFlow supports, fetch the libraries for it.
 * @property {boolean} [quiet] Print only when there is something to do, and to standard error; a step that failed within
 *   the last hour is not tried again.
 * @property {string[]} [only] Steps to take.
 * @property {import('./setup/code.mjs').CodeTargetId[]} [targets] Parts of the code to build; by default all.
 */

/**
 * Runs the steps. TensorFlow and its binding may fail: then the embedded WASM engine is used.
 * @param {SetupOptions} [options]
 * @returns {Promise<boolean>} Whether the application can be used.
 */
export async function setup({ gpu = false, quiet = false, only = stepNames, targets } = {}) {
  /** @param {string} line */
  const log = (line) => {
    (quiet ? process.stderr : process.stdout).write(`${line}\n`);
  };
  /** @param {number} pid */
  const onWait = (pid) => {
    log(`Another set-up (process ${String(pid)}) is running here; waiting for it.`);
  };
  const lock = path.join(root, '.cache', 'setup.lock');
  const wants = (/** @type {string} */ step) => only.includes(step);

  try {
    if (wants('packages') && !packagesAreCurrent(root)) {
      await withLock(lock, () => installPackages(root, { log }), { onWait });
    }
  } catch (error) {
    log(`npm packages: ${describe(error)}. Nothing works without them; check the network and run: npm ci`);
    return false;
  }

  if (wants('tensorflow') || wants('binding')) {
    const plan = await planForThisMachine({ gpu, log });
    const steps = /** @type {const} */ ([
      ['tensorflow', 'TensorFlow', provideTensorflow],
      ['binding', 'The binding to TensorFlow', provideBinding],
    ]);
    for (const [name, title, provide] of steps) {
      if (!wants(name)) continue;
      // Nothing can be installed there; a message before every command would not help.
      if (quiet && plan.engine !== 'tensorflow') continue;
      const failure = failureNote(`${name}-${plan.device}`);
      if (quiet && failure.recent() !== undefined && isMissing(name, plan)) continue;
      try {
        await provide(plan, { log });
        failure.clear();
      } catch (error) {
        failure.write(describe(error));
        log(
          `${title}: ${describe(error)}.\nThe embedded WASM engine is used: everything works, slower. To try again: node build/setup.mjs${gpu ? ' --gpu' : ''}`,
        );
        break;
      }
    }
  }

  try {
    if (wants('code') && !codeIsCurrent(root, targets)) {
      await withLock(lock, () => buildCode(root, { log, ...(targets && { targets }) }), { onWait });
    }
  } catch (error) {
    log(`Code: ${describe(error)}`);
    return false;
  }
  if (!quiet) log('Set-up is complete.');
  return true;
}

/**
 * @param {'tensorflow' | 'binding'} step
 * @param {import('../native/tensorflow/plan.mjs').Plan} plan
 */
function isMissing(step, plan) {
  return step === 'tensorflow' ? missingWheels(plan).length > 0 : findBinding(plan) === undefined;
}

/** @param {unknown} error */
function describe(error) {
  return error instanceof Error ? error.message : String(error);
}

/**
 * @param {string} message
 * @returns {never}
 */
function wrongUse(message) {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

function readOptions() {
  try {
    return parseArgs({
      options: {
        gpu: { type: 'boolean', default: false },
        quiet: { type: 'boolean', default: false },
        plan: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        platform: { type: 'string' },
        only: { type: 'string' },
      },
    }).values;
  } catch (error) {
    return wrongUse(describe(error));
  }
}

async function main() {
  const { gpu, quiet, plan, json, platform, only } = readOptions();
  if (plan) {
    if (platform !== undefined && !platforms.includes(platform))
      wrongUse(`--platform ${platform}: known are ${platforms.join(', ')}.`);
    const planned = planTensorFlow({ gpu, ...(platform !== undefined && { platform }) });
    process.stdout.write(json ? planToJson(planned) : describePlan(planned));
    return;
  }
  if (json || platform !== undefined) wrongUse('--json and --platform go with --plan.');
  const steps = only?.split(',').map((step) => step.trim());
  const unknown = steps?.find((step) => !stepNames.includes(step));
  if (unknown !== undefined) wrongUse(`--only ${unknown}: the steps are ${stepNames.join(', ')}.`);
  const usable = await setup({ gpu, quiet, ...(steps && { only: steps }) });
  if (!usable) process.exitCode = 1;
}

if (process.argv[1] !== undefined && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) await main();
