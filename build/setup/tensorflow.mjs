import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { writeFileAtomic } from '../../native/system/files.mjs';
import { cacheFolder } from '../../native/system/folders.mjs';
import { chooseCard, findCards } from '../../native/tensorflow/cards.mjs';
import { compileBinding } from '../../native/tensorflow/compileBinding.mjs';
import { missingWheels, planTensorFlow } from '../../native/tensorflow/plan.mjs';
import { provision } from '../../native/tensorflow/provision.mjs';

/** @typedef {import('../../native/tensorflow/plan.mjs').Plan} Plan */

/**
 * The plans for this machine: the one for the CPU, or with `gpu` and a card that TensorFlow supports the one for the card.
 * Reports why a card is not used.
 * @param {{ gpu: boolean, log: (line: string) => void }} options
 * @returns {Promise<Plan>}
 */
export async function planForThisMachine({ gpu, log }) {
  const cpu = planTensorFlow();
  if (!gpu) return cpu;
  const { card, reasons } = chooseCard(await findCards());
  if (card === undefined) {
    log(`The CPU is used: ${reasons.join('; ') || 'nvidia-smi finds no NVIDIA card'}.`);
    return cpu;
  }
  const plan = planTensorFlow({ gpu: true });
  for (const note of plan.notes) log(note);
  return plan;
}

/** Milliseconds during which a failure counts in quiet mode, so that a start without a network does not always wait for it. */
const retryMs = 3600_000;

/**
 * Records a failed step, for `retryMs`.
 * @param {string} step
 */
export function failureNote(step) {
  const file = path.join(cacheFolder(), `.failed-${step}`);
  return {
    /** @returns {string | undefined} */
    recent() {
      try {
        /** @type {{ time: number, reason: string }} */
        const { time, reason } = JSON.parse(readFileSync(file, 'utf8'));
        return Date.now() - time < retryMs ? reason : undefined;
      } catch {
        return undefined;
      }
    },
    /** @param {string} reason */
    write(reason) {
      try {
        writeFileAtomic(file, JSON.stringify({ time: Date.now(), reason }));
      } catch {
        // A cache folder that cannot be written is the reported failure.
      }
    },
    clear() {
      rmSync(file, { force: true });
    },
  };
}

/**
 * @param {Plan} plan
 * @param {{ log: (line: string) => void }} options
 */
export async function provideTensorflow(plan, { log }) {
  if (plan.engine === 'tensorflow') await provision(plan, { log });
  else log(plan.notes.join(' '));
}

/**
 * @param {Plan} plan
 * @param {{ log: (line: string) => void }} options
 */
export async function provideBinding(plan, { log }) {
  if (plan.engine !== 'tensorflow' || missingWheels(plan).length > 0) return;
  await compileBinding(plan, { log });
}
