import type { EpochMetrics, SplitName, SplitReports, TrainingResult } from '../../native/contract/results.ts';
import { splitNames } from '../../native/contract/results.ts';
import type { RunState } from '../../native/contract/runs.ts';

/** Reading split reports. */

/** Largest share of negative predictions over outputs, and over all splits or one. */
export function worstNegativeShare(splits: SplitReports, split?: SplitName): number {
  const names = split === undefined ? splitNames : [split];
  return Math.max(0, ...names.flatMap((name) => splits[name]?.outputs.map((output) => output.negativeShare) ?? []));
}

/** What is known of a run's outputs: its result once it has ended, its last epoch before. */
interface Measured {
  readonly state: RunState;
  readonly result: TrainingResult | undefined;
  readonly latest: EpochMetrics | undefined;
}

/**
 * Share of negative outputs of a run and what it is a share of: the result where there is one, else the last epoch. Of a
 * run that failed nothing is said: what it had in an earlier epoch is not how its outputs are.
 */
export function negativesOf({ state, result, latest }: Measured): { share: number; where: string } | undefined {
  if (result !== undefined) return { share: worstNegativeShare(result.splits), where: 'of the worst split' };
  if (latest === undefined || state === 'failed') return undefined;
  return { share: worstNegativeShare(latest.splits, 'train'), where: `of training rows, epoch ${latest.epoch}` };
}

/** The split that stands for new data: test where there is one. */
export const heldOutSplit = (splits: SplitReports): SplitName =>
  splits.test === undefined ? (splits.validation === undefined ? 'train' : 'validation') : 'test';

/**
 * Outputs whose error on training rows is no smaller than that of always predicting their mean.
 *
 * @param deviations - of the outputs on training rows, in their own units, in their order
 */
export const unlearned = ({ train }: SplitReports, deviations: readonly number[]): string[] =>
  (train?.outputs ?? []).filter(({ rmse }, output) => rmse >= (deviations[output] ?? Infinity)).map(({ name }) => name);

export interface PriceLine {
  readonly output: string;
  readonly before: { readonly rmse: number; readonly negativeShare: number; readonly minimum: number };
  readonly after: { readonly rmse: number; readonly negativeShare: number; readonly minimum: number };
  /** (after - before) / before of the error; negative where the constraint lowered it. */
  readonly change: number;
}

/** What positivity cost on held-out rows: `after` against an unconstrained run on the same data. */
export function priceOfPositivity(before: SplitReports, after: SplitReports): { split: SplitName; lines: PriceLine[] } {
  const split = heldOutSplit(after);
  const lines = (after[split]?.outputs ?? []).flatMap((output) => {
    const plain = before[split]?.outputs.find((other) => other.name === output.name);
    return plain === undefined
      ? []
      : [{ output: output.name, before: plain, after: output, change: (output.rmse - plain.rmse) / plain.rmse }];
  });
  return { split, lines };
}
