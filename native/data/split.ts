import type { SplitSettings } from '../contract/configuration.ts';
import { OrthantError } from '../contract/errors.ts';
import { splitNames, type SplitName } from '../contract/results.ts';
import { Random } from '../base/random.ts';
import { splitNamesInFiles } from './roles.ts';

/** Row numbers of each split, ascending. */
export type Split = Readonly<Record<SplitName, Int32Array>>;

/**
 * Splits at random by a seed: of the shuffled rows the first are for validation, the next for test, the rest for
 * training.
 *
 * @param rows - row numbers to split, ascending
 * @throws OrthantError `data` if a split would be empty
 */
export function splitBySeed(rows: Int32Array, settings: Extract<SplitSettings, { by: 'seed' }>): Split {
  const { validation, test, seed } = settings;
  if (validation + test >= 1) {
    throw new OrthantError(
      'usage',
      `Validation (${percent(validation)}) and test (${percent(test)}) leave no rows for training. Make them smaller.`,
      { field: 'data.split' },
    );
  }
  const order = new Random(seed, 'split').permutation(rows.length);
  const shuffled = order.map((index) => rows[index] ?? 0);
  const validationRows = Math.round(rows.length * validation);
  const testRows = Math.round(rows.length * test);
  const split = {
    validation: shuffled.slice(0, validationRows).sort(),
    test: shuffled.slice(validationRows, validationRows + testRows).sort(),
    train: shuffled.slice(validationRows + testRows).sort(),
  };
  const wanted: Record<SplitName, boolean> = { train: true, validation: validation > 0, test: test > 0 };
  const short = splitNames.find((name) => split[name].length < (name === 'train' ? 2 : Number(wanted[name])));
  if (short !== undefined) {
    throw new OrthantError(
      'data',
      `${rows.length} usable ${rows.length === 1 ? 'row is' : 'rows are'} too few for this split: ${short} would have ` +
        `${split[short].length} (train ${split.train.length}, validation ${percent(validation)} = ` +
        `${split.validation.length}, test ${percent(test)} = ${split.test.length}). Use more rows, or other shares.`,
      { field: 'data.split' },
    );
  }
  return split;
}

const percent = (share: number): string => `${Number((100 * share).toFixed(2))} %`;

/**
 * Splits by a column that names each row's split.
 *
 * @param values - the column's value in each row: [rows of the table]
 * @throws OrthantError `data` if a value does not name a split, or too few rows are for training
 */
export function splitByColumn(rows: Int32Array, values: readonly (string | null)[], column: string): Split {
  const members: Record<SplitName, number[]> = { train: [], validation: [], test: [] };
  const unknownValues = new Map<string, number>();
  for (const row of rows) {
    const value = values[row] ?? '';
    const name = splitNames.find((split) =>
      (splitNamesInFiles[split] as readonly string[]).includes(value.toLowerCase()),
    );
    if (name === undefined) unknownValues.set(value, (unknownValues.get(value) ?? 0) + 1);
    else members[name].push(row);
  }
  if (unknownValues.size > 0) {
    const list = [...unknownValues].slice(0, 5).map(([value, count]) => `"${value}" (${count} rows)`);
    throw new OrthantError(
      'data',
      `The split column "${column}" holds ${list.join(', ')}${unknownValues.size > 5 ? ', ...' : ''}. Its values must be ` +
        'train, validation (or valid, val) or test.',
      { field: 'data.split.column' },
    );
  }
  if (members.train.length < 2) {
    throw new OrthantError(
      'data',
      `The split column "${column}" assigns ${members.train.length} of ${rows.length} rows to training; at least two are needed.`,
      { field: 'data.split.column' },
    );
  }
  return {
    train: Int32Array.from(members.train),
    validation: Int32Array.from(members.validation),
    test: Int32Array.from(members.test),
  };
}
