import type { ConstraintSettings } from '../contract/configuration.ts';
import type { DataSchema } from '../contract/dataSchema.ts';
import { OrthantError } from '../contract/errors.ts';
import { didYouMean } from '../base/nearest.ts';
import { splitNames } from '../contract/results.ts';
import type { DataSet } from './dataset.ts';

/**
 * The bound of each target in its own units.
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
      `A bound is given for "${other}", which is no target.${didYouMean(other, names)} The targets are ${names.join(', ')}.`,
      { field: `constraint.epsilon.${other}` },
    );
  }
  return names.map((name) => epsilon[name] ?? 0);
}

/**
 * Refuses targets below the bound: no network can be right there and keep it.
 *
 * @param epsilon - the bound of each target, in its own units
 * @throws OrthantError `data` with how many rows, the first ones, and what to do
 */
export function checkBounds(dataSet: DataSet, epsilon: readonly number[]): void {
  const { targets } = dataSet.schema;
  for (const [output, { name, scale }] of targets.entries()) {
    const bound = epsilon[output] ?? 0;
    // Compared as they are stored: rounding keeps order, so no value at the bound falls below it.
    const storedBound = Math.fround(bound / scale);
    const below: { row: number; value: number }[] = [];
    let lowest = Infinity;
    let total = 0;
    for (const split of splitNames) {
      const { rows, rowNumbers, targets: values } = dataSet.splits[split];
      total += rows;
      for (let row = 0; row < rows; row++) {
        const value = values[row * targets.length + output] ?? NaN;
        if (value >= storedBound) continue;
        below.push({ row: rowNumbers[row] ?? 0, value: value * scale });
        lowest = Math.min(lowest, value * scale);
      }
    }
    if (below.length === 0) continue;
    const first = below.sort((a, b) => a.row - b.row).slice(0, 5);
    const list = first.map(({ row, value }) => `data row ${row + 1} (${shown(value)})`);
    throw new OrthantError(
      'data',
      `The target "${name}" of ${dataSet.source.source} is below its bound ${bound} in ${below.length} of ${total} rows: ` +
        `${list.join(', ')}${below.length > first.length ? ` and ${below.length - first.length} more` : ''}. Outputs that stay at or above ${bound} cannot ` +
        `fit them. Mend these rows, or set a bound that the data keeps, for example ${keptBy(lowest, scale)}.`,
      { field: 'constraint.epsilon' },
    );
  }
}

/** A short number at or below the lowest target as it is stored. */
function keptBy(lowest: number, scale: number): string {
  const rounded = Number(lowest.toPrecision(6));
  const kept = Math.fround(rounded / scale) <= Math.fround(lowest / scale);
  return shown(kept ? rounded : rounded - Math.abs(rounded) * 1e-5);
}

const shown = (value: number): string => String(Number(value.toPrecision(6)));
