import { leastTarget, type ConstraintSettings, type RunConfiguration } from '../contract/configuration.ts';
import type { DataSchema } from '../contract/dataSchema.ts';
import { OrthantError } from '../contract/errors.ts';
import { figure } from '../base/figures.ts';
import { firstOnes } from '../base/lists.ts';
import { didYouMean } from '../base/nearest.ts';
import { isBelowBound, keptBound } from '../base/targetBound.ts';
import { splitNames } from '../contract/results.ts';
import type { DataSet } from './dataset.ts';

/**
 * The bound of each target in the target's units.
 *
 * @throws OrthantError `configuration` if it names a target that does not exist
 */
export function boundsOf(schema: DataSchema, epsilon: ConstraintSettings['epsilon']): number[] {
  const names = schema.targets.map(({ name }) => name);
  if (typeof epsilon === 'number') return names.map(() => epsilon);
  const other = Object.keys(epsilon).find((name) => !names.includes(name));
  if (other !== undefined) {
    throw new OrthantError(
      'configuration',
      `A bound is given for "${other}", which is not a target.${didYouMean(other, names)} The targets are ${names.join(', ')}.`,
      { field: `constraint.epsilon.${other}` },
    );
  }
  return names.map((name) => epsilon[name] ?? 0);
}

/** The least value that each target may have, in the target's units. */
export const leastTargets = (
  schema: DataSchema,
  { constraint, training }: Pick<RunConfiguration, 'constraint' | 'training'>,
): number[] => boundsOf(schema, constraint.epsilon).map((bound) => leastTarget(training.loss, bound));

/**
 * Refuses targets below the bound: a network that keeps the bound cannot fit them.
 *
 * @param epsilon - the bound of each target, in the target's units
 * @throws OrthantError `data` with the number of rows, the first ones, and what to do
 */
export function checkBounds(dataSet: DataSet, epsilon: readonly number[]): void {
  const { targets } = dataSet.schema;
  for (const [output, { name, scale }] of targets.entries()) {
    const bound = epsilon[output] ?? 0;
    const below: { row: number; value: number }[] = [];
    let lowest = Infinity;
    let total = 0;
    for (const split of splitNames) {
      const { rows, rowNumbers, targets: values } = dataSet.splits[split];
      total += rows;
      for (let row = 0; row < rows; row++) {
        const value = (values[row * targets.length + output] ?? NaN) * scale;
        if (!isBelowBound(value, bound, scale)) continue;
        below.push({ row: rowNumbers[row] ?? 0, value });
        lowest = Math.min(lowest, value);
      }
    }
    if (below.length === 0) continue;
    const list = below
      .sort((a, b) => a.row - b.row)
      .slice(0, 5)
      .map(({ row, value }) => `data row ${row + 1} (${figure(value, 6)})`);
    throw new OrthantError(
      'data',
      `The target "${name}" of ${dataSet.source.source} is below its bound ${bound} in ${below.length} of ${total} rows: ` +
        `${firstOnes(list, { of: below.length })}. Outputs that stay at or above ${bound} cannot ` +
        `fit them. Fix these rows, or set a bound that the data keeps, for example ${keptBound(lowest, scale, 6)}.`,
      { field: 'constraint.epsilon' },
    );
  }
}
