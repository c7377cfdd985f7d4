import { isBelowBound, keptBound } from '../../native/base/targetBound.ts';
import { leastTarget, type RunConfiguration } from '../../native/contract/configuration.ts';
import type { Preparation } from '../../native/contract/inspection.ts';
import { formatNumber } from './format.ts';

/** Bounds of the outputs, in the targets' units, and whether the data keep them. */

export const epsilonOf = (configuration: RunConfiguration, target: string): number => {
  const { epsilon } = configuration.constraint;
  return typeof epsilon === 'number' ? epsilon : (epsilon[target] ?? 0);
};

/** Whether no bound is below zero, so that outputs that keep their bounds are not negative. */
export function keepsPositive(configuration: Pick<RunConfiguration, 'constraint'> | undefined): boolean {
  const epsilon = configuration?.constraint.epsilon ?? 0;
  return (typeof epsilon === 'number' ? [epsilon] : Object.values(epsilon)).every((bound) => bound >= 0);
}

/** A target with rows below its bound, which the engine refuses: no network can fit them and keep the bound. */
export interface BrokenBound {
  readonly name: string;
  /** Why it cannot be trained, and what to do. */
  readonly message: string;
  /** A bound that holds for all rows. */
  readonly kept: number;
}

/** The first target with rows below its bound. */
export function brokenBound(configuration: RunConfiguration, targets: Preparation['targets']): BrokenBound | undefined {
  for (const { name, scale, minimum } of targets) {
    const bound = leastTarget(configuration.training.loss, epsilonOf(configuration, name));
    if (!isBelowBound(minimum, bound, scale)) continue;
    const kept = keptBound(minimum, scale);
    const message =
      `In the data, ${name} goes down to ${formatNumber(minimum)}, below its bound of ${formatNumber(bound)}: no ` +
      `network can be right there and keep the bound. Lower the bound, or take those rows out of the file.`;
    return { name, message, kept };
  }
  return undefined;
}

/** Lowers one target's bound and keeps those of the others. */
export function lowerBound(
  draft: RunConfiguration,
  targets: readonly { readonly name: string }[],
  { name, kept }: BrokenBound,
): void {
  const before = Object.fromEntries(targets.map((target) => [target.name, epsilonOf(draft, target.name)]));
  draft.constraint.epsilon = targets.length === 1 ? kept : { ...before, [name]: kept };
}
