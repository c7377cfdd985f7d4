import type { EpochMetrics, SplitName, SplitReports, TrainingResult } from '../../native/contract/results.ts';
import { heldOutSplit, splitNames } from '../../native/contract/results.ts';
import type { RunConfiguration } from '../../native/contract/configuration.ts';
import type { RunState } from '../../native/contract/runRecord.ts';
import { keepsPositive } from './bounds.ts';

/** Reading split reports. */

function worstShare(
  figure: 'negativeShare' | 'violationShare',
  splits: SplitReports,
  split: SplitName | undefined,
): number {
  const names = split === undefined ? splitNames : [split];
  return Math.max(0, ...names.flatMap((name) => splits[name]?.outputs.map((output) => output[figure]) ?? []));
}

/** Largest share of negative predictions, 0 to 1, over all outputs and over all splits or one. */
export const worstNegativeShare = (splits: SplitReports, split?: SplitName): number =>
  worstShare('negativeShare', splits, split);

/** Largest share of predictions below their bound, 0 to 1. */
const worstViolationShare = (splits: SplitReports, split?: SplitName): number =>
  worstShare('violationShare', splits, split);

/** Measurements of a run's outputs: its result after its end, its last epoch before. */
interface Measured {
  readonly state: RunState;
  readonly result: TrainingResult | undefined;
  readonly latest: EpochMetrics | undefined;
  readonly configuration?: Pick<RunConfiguration, 'constraint'> | undefined;
}

/**
 * Share of outputs that break the requirement, and of which rows: from the result if there is one, else from the last
 * epoch. With a bound below zero, negative outputs do not count. `undefined` for a failed run, whose last epoch does
 * not describe a final model.
 */
export function shortcomingOf({
  state,
  result,
  latest,
  configuration,
}: Measured): { what: string; share: number; where: string } | undefined {
  const [what, share] = keepsPositive(configuration)
    ? (['negatives', worstNegativeShare] as const)
    : (['below the bound', worstViolationShare] as const);
  if (result !== undefined) return { what, share: share(result.splits), where: 'of the worst split' };
  if (latest === undefined || state === 'failed') return undefined;
  return { what, share: share(latest.splits, 'train'), where: `of training rows, epoch ${latest.epoch}` };
}

interface PriceLine {
  readonly output: string;
  readonly before: { readonly rmse: number; readonly negativeShare: number; readonly minimum: number };
  readonly after: { readonly rmse: number; readonly negativeShare: number; readonly minimum: number };
  /** (after - before) / before of the error; negative if the constraint lowered it. */
  readonly change: number;
}

/** Cost of positivity on held-out rows: `after` compared with an unconstrained run on the same data. */
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
