import { runCommand } from '../system/command.mjs';
import { pins } from './wheels.mjs';

/**
 * An NVIDIA card as nvidia-smi reports it. `computeCapability` is NaN if the driver is too old to report it.
 * @typedef {{ index: string, uuid: string, name: string, computeCapability: number, driver: string, memoryBytes: number }} Card
 */

/**
 * The NVIDIA cards of this machine, by nvidia-smi; empty without a driver.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<Card[]>}
 */
export async function findCards(env = process.env) {
  if (process.platform !== 'linux' && process.platform !== 'win32') return [];
  const fields = 'index,uuid,name,compute_cap,driver_version,memory.total';
  const query = ['--format=csv,noheader,nounits', `--query-gpu=${fields}`];
  const result = await runCommand('nvidia-smi', query, { timeoutMs: 20_000, env });
  if (result.code !== 0) return [];
  return parseCards(result.stdout);
}

/**
 * @param {string} text Output of nvidia-smi: a line per card, fields separated by commas.
 * @returns {Card[]}
 */
export function parseCards(text) {
  return text.split('\n').flatMap((line) => {
    const [index, uuid, name, capability, driver, memory] = line.split(',').map((field) => field.trim());
    if (!index || !uuid || !name || capability === undefined || !driver || memory === undefined) return [];
    return [
      { index, uuid, name, computeCapability: Number(capability), driver, memoryBytes: Number(memory) * 2 ** 20 },
    ];
  });
}

/**
 * The reason why TensorFlow's kernels do not run on a card.
 * @param {Card} card
 * @returns {string | undefined} Undefined if they run.
 */
export function unsupportedReason({ name, computeCapability }) {
  const { minimum, below, kernels } = pins.computeCapability;
  if (computeCapability >= minimum && computeCapability < below) return undefined;
  const wheel = `TensorFlow ${pins.version} has kernels for compute capability ${kernels}`;
  if (Number.isNaN(computeCapability))
    return `the driver does not report the compute capability of the ${name}; ${wheel}`;
  return `the ${name} (compute capability ${computeCapability.toFixed(1)}) is too ${computeCapability < minimum ? 'old' : 'new'}: ${wheel}`;
}

/**
 * The card to train on: the first visible one that TensorFlow supports.
 * @param {readonly Card[]} cards
 * @param {NodeJS.ProcessEnv} [env] `CUDA_VISIBLE_DEVICES` hides cards, as in CUDA itself.
 * @returns {{ card?: Card, reasons: string[] }} `reasons` explains each skipped card.
 */
export function chooseCard(cards, env = process.env) {
  // As in CUDA, an entry is a number or the start of a UUID, and an entry that matches no card hides all that follow it.
  const visible = env.CUDA_VISIBLE_DEVICES?.split(',').map((each) => each.trim());
  const matches = visible?.map((each) =>
    cards.find(({ index, uuid }) => each === index || (/^GPU-/.test(each) && uuid.startsWith(each))),
  );
  const end = matches?.indexOf(undefined) ?? -1;
  const candidates = matches?.slice(0, end === -1 ? undefined : end).flatMap((card) => card ?? []) ?? cards;
  const reasons = [];
  for (const card of candidates) {
    const reason = unsupportedReason(card);
    if (reason === undefined) return { card, reasons };
    reasons.push(reason);
  }
  if (cards.length > candidates.length)
    reasons.push(
      `CUDA_VISIBLE_DEVICES=${env.CUDA_VISIBLE_DEVICES ?? ''} hides ${String(cards.length - candidates.length)} of ${String(cards.length)} cards`,
    );
  return { reasons };
}
