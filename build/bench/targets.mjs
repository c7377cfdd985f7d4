import { multipliersOverPenalty, titles } from './steps.mjs';
import { digits, ratioOf, table } from './statistics.mjs';

/** @typedef {import('./steps.mjs').StepTable} StepTable */
/** @typedef {import('./wholeRun.mjs').WholeRun} WholeRun */
/** @typedef {{ where: string, ratio: number }} Measured */

/**
 * What is to be reached: a ratio that is to be at least or at most `limit` in every one of the cases it is measured in.
 * @typedef {{ name: string, bound: 'at least' | 'at most', limit: number, measured: Measured[] }} Target
 */

const large = '784-784-784-2';
const small = '9-64-64-1';
const torch = ['PyTorch eager', 'PyTorch compiled'];

/**
 * @param {readonly StepTable[]} steps
 * @param {readonly WholeRun[]} wholeRuns
 * @returns {Target[]}
 */
export function measureTargets(steps, wholeRuns) {
  /**
   * How many times as long one column took as another, where both were measured; the fastest where several are named, and
   * which of them there was not.
   */
  const ratios = (
    /** @type {readonly string[]} */ first,
    /** @type {string} */ second,
    /** @type {string} */ sizes = '',
    /** @type {readonly number[]} */ batches = [],
  ) =>
    steps
      .filter((each) => sizes === '' || each.case.sizes.join('-') === sizes)
      .filter((each) => batches.length === 0 || batches.includes(each.case.batch))
      .flatMap(({ case: { name }, results }) => {
        const rounds = (/** @type {string} */ title) => results.find((each) => each.title === title)?.rounds ?? [];
        const all = first.map((title) => ({ title, ratio: ratioOf(rounds(title), rounds(second)) }));
        const found = all.filter(({ ratio }) => Number.isFinite(ratio));
        if (found.length === 0) return [];
        const missing = all.filter((each) => !found.includes(each)).map(({ title }) => title);
        const where = missing.length === 0 ? name : `${name} (without ${missing.join(', ')}, which failed)`;
        return [{ where, ratio: Math.min(...found.map(({ ratio }) => ratio)) }];
      });
  const whole = (/** @type {string} */ title) =>
    wholeRuns.flatMap(({ settings: { epochs }, results }) =>
      results.filter((each) => each.title === title).map(({ ratio }) => ({ where: `${epochs} epochs`, ratio })),
    );
  const groups = [...new Set(steps.filter((each) => each.case.batch === 64).map((each) => each.case.group))];
  const multipliers = groups
    .map((group) => ({
      where: group,
      ratio: multipliersOverPenalty(steps.filter((each) => each.case.group === group)),
    }))
    .filter(({ ratio }) => Number.isFinite(ratio));
  const { eager, compiled, products } = titles;
  /** @type {(name: string, bound: Target['bound'], limit: number, measured: Measured[]) => Target} */
  const target = (name, bound, limit, measured) => ({ name, bound, limit, measured });
  return [
    target(`${small}, batch 64: PyTorch's best / ours`, 'at least', 10, ratios(torch, compiled, small, [64])),
    target(`${large}, batch 64: PyTorch's best / ours`, 'at least', 1.4, ratios(torch, compiled, large, [64])),
    target(`${large}, 512 and 4096: PyTorch's best / ours`, 'at least', 1, ratios(torch, compiled, large, [512, 4096])),
    target('everywhere: ours / JAX', 'at most', 1.05, ratios([compiled], 'JAX')),
    target(`${large}, batch 64: ours / products`, 'at most', 1.2, ratios([compiled], products, large, [64])),
    target(`${large}, batch 512: ours / products`, 'at most', 1.05, ratios([compiled], products, large, [512])),
    target(`${large}, batch 64: our eager / ours`, 'at least', 3, ratios([eager], compiled, large, [64])),
    target(`${small}, batch 64: our eager / ours`, 'at least', 15, ratios([eager], compiled, small, [64])),
    target('batch 64: multipliers for each row / penalty', 'at most', 1.15, multipliers),
    target('diamonds: PyTorch with DataLoader / ours', 'at least', 10, whole('PyTorch, DataLoader')),
    target('diamonds: Keras fit / ours', 'at least', 5, whole('Keras, fit')),
  ];
}

/**
 * Each target with the worst ratio measured for it.
 * @param {readonly Target[]} targets
 */
export const targetTable = (targets) =>
  table([
    ['targets', 'wanted', 'measured', 'verdict', 'worst case'],
    ...targets.map(({ name, bound, limit, measured }) => {
      const [worst] = [...measured].sort((a, b) => (bound === 'at least' ? a.ratio - b.ratio : b.ratio - a.ratio));
      const wanted = `${bound} ${limit}`;
      if (worst === undefined) return [`  ${name}`, wanted, '', 'not measured', ''];
      const reached = bound === 'at least' ? worst.ratio >= limit : worst.ratio <= limit;
      return [`  ${name}`, wanted, digits(worst.ratio), reached ? 'reached' : 'missed', worst.where];
    }),
  ]);
