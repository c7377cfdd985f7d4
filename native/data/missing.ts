import type { SettledConfiguration } from '../contract/configuration.ts';
import { medianOf } from './scaling.ts';

export type MissingChoice = SettledConfiguration['data']['missing'];

/** The meaning of a choice. A category with an order is a number here: its code. */
export interface MissingPolicy {
  /** Value that replaces a missing number, from the training rows; undefined: its row is left out. */
  readonly fill: ((values: Float64Array, rows: Int32Array) => number) | undefined;
  /** A missing category: its row is left out, it is none of the known ones, or it is a category of its own. */
  readonly category: 'leave-out' | 'none' | 'own';
}

export const missingPolicies: Readonly<Record<MissingChoice, MissingPolicy>> = {
  drop: { fill: undefined, category: 'leave-out' },
  median: { fill: medianOf, category: 'none' },
  'own-category': { fill: undefined, category: 'own' },
  'median-own-category': { fill: medianOf, category: 'own' },
};

/** A larger share of rows left out is worth a warning, and too large to leave out unasked. */
export const smallShare = 0.05;

/**
 * The choice where the user makes none. A missing category is always one of its own; rows without a number are left
 * out if they are few, since a filled-in number is not the true one.
 *
 * @param rows - number of rows that have their targets
 * @param complete - number of those that also have all their numbers
 */
export const missingRule = ({ rows, complete }: { readonly rows: number; readonly complete: number }): MissingChoice =>
  rows - complete <= smallShare * rows ? 'own-category' : 'median-own-category';
