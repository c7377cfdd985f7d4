import { runConfigurationSchema, type RunConfiguration } from '../../native/contract/configuration.ts';
import type { DoctorReport } from '../../native/contract/doctorReport.ts';
import type { Histogram, Inspection, Preparation, RowsPage, Sample } from '../../native/contract/inspection.ts';

/** Parts of fake tables and runs. */

/** A number in [0, 1) that depends on nothing but its arguments. */
export const noise = (...seeds: number[]): number => {
  let state = 2166136261;
  for (const seed of seeds) state = Math.imul(state ^ seed, 16777619) ^ (state >>> 13);
  state = Math.imul(state ^ (state >>> 15), 2246822519);
  return ((state ^ (state >>> 13)) >>> 0) / 4294967296;
};

/** A configuration without `auto`, as that of a run whose data were read. */
export function fakeConfiguration(id: string): RunConfiguration {
  const ink = id === 'ink';
  return runConfigurationSchema.parse({
    data: {
      source: { kind: 'sample', id },
      missing: 'drop',
      ...(ink ? { scaling: { inputs: 'none', targets: 'standard-deviation' } } : {}),
    },
    network: { hidden: ink ? [784, 784] : [64, 64] },
    training: { epochs: ink ? 8 : 40, weightDecay: 0, earlyStopping: 0, seed: 1 },
    constraint: { method: { id: 'augmented-lagrangian', settings: {} } },
  });
}

export function fakeInspection(id: string, path?: string): Inspection {
  const ink = id === 'ink';
  const names = ink
    ? [...Array.from({ length: 784 }, (_, index) => `pixel_${index}`), 'top_left', 'bottom_right']
    : ['price', 'cut', 'carat', 'depth', 'table', 'x', 'y', 'z', 'volume', 'age'];
  const targets = ink ? ['top_left', 'bottom_right'] : ['price'];
  const bad = path !== undefined;
  return {
    source: path ?? `sample ${id}`,
    format: 'csv',
    compressed: !bad,
    bytes: ink ? 2_412_345 : 3_192_560,
    rows: ink ? 10_000 : 1_000_000,
    rejectedRows: bad ? 3 : 0,
    rejected: bad
      ? [
          {
            line: 812,
            column: 'depth',
            reason: 'has the text "n/a?" in the number column "depth"',
            advice: 'Write a number, or leave the cell empty if the value is missing.',
            text: '812,Ideal,0.23,n/a?,55,3.95,3.98,2.43',
            mark: [15, 19],
          },
          {
            line: 4007,
            reason: 'has 6 fields where 8 are expected',
            advice:
              'Add the 2 fields that are missing (an empty one is a missing value), or join the line with the next one if a line end has split it.',
            text: '4007,Good,0.31,63.3,58,4.34',
          },
          {
            line: 31_415,
            reason: 'has a quote that is never closed',
            advice: 'Close the quote, or write "" for one that belongs to the text.',
            text: '31415,"Premium,0.29,62.4',
            mark: [6, 24],
          },
        ]
      : [],
    dialect: { delimiter: ',', quote: '"', header: true, decimalComma: false, encoding: 'utf-8' },
    columns: names.map((name, column) => ({
      name,
      type: name === 'cut' ? 'category' : 'number',
      missing: name === 'depth' ? 20_113 : 0,
      distinct: name === 'cut' ? 5 : 1000,
      suggestedRole: targets.includes(name) ? 'target' : 'input',
      ...(name === 'cut'
        ? {
            categories: ['Ideal', 'Premium', 'Very Good', 'Good', 'Fair'].map((value, index) => ({
              value,
              count: 300_000 - index * 50_000,
            })),
          }
        : {
            minimum: name === 'x' ? -3 : 0,
            maximum: name === 'price' ? 18_823 : column < 784 && ink ? 1 : 10,
            mean: 3.9,
            standardDeviation: 1.2,
            quantiles: [0.1, 1, 3, 6, 9] as [number, number, number, number, number],
            negativeShare: name === 'x' ? 0.31 : 0,
          }),
    })),
    warnings: ink
      ? [{ message: 'The column is constant and tells nothing; it is scaled by 1.', column: 'pixel_0' }]
      : [],
  };
}

/** Rows of the inspected table; one value in seven of the first column with gaps is missing. */
export function fakeRows({ columns, rows }: Inspection, offset: number, limit: number): RowsPage {
  const cell = (row: number, column: number): RowsPage['rows'][number][number] => {
    const { categories, missing, minimum = 0 } = columns[column] ?? { missing: 0 };
    if (categories !== undefined) return categories[row % categories.length]?.value ?? null;
    if (missing > 0 && row % 7 === 3) return null;
    return Number((minimum + 5 * noise(row, column)).toFixed(2));
  };
  return {
    columns: columns.map(({ name }) => name),
    offset,
    rows: Array.from({ length: Math.max(0, Math.min(limit, rows - offset)) }, (_, index) =>
      columns.map((_column, column) => cell(offset + index, column)),
    ),
    total: rows,
  };
}

export const fakeHistogram = (column: string): Histogram => ({
  column,
  edges: [-2, 0, 2, 4],
  counts: [3, 40, 12],
  missing: 0,
});

export function fakePreparation({ columns, rows }: Inspection): Preparation {
  const named = columns.filter(({ type }) => type === 'number');
  const held = Math.round(rows / 10);
  return {
    rowsInFile: rows,
    rowsUsed: rows,
    missing: 'own-category',
    dropped: [],
    split: { train: rows - 2 * held, validation: held, test: held },
    features: named
      .filter(({ suggestedRole }) => suggestedRole === 'input')
      .map(({ name }) => ({ name, column: name, shift: 3.9, scale: 1.2 })),
    targets: named
      .filter(({ suggestedRole }) => suggestedRole === 'target')
      .map(({ name, maximum = 1 }) => ({ name, scale: 4, minimum: 0, maximum })),
    warnings: [],
  };
}

export const fakeSamples = (): Sample[] =>
  ['diamonds', 'ink'].map((id) => ({
    id,
    title: id === 'ink' ? 'Ink in two corners' : 'Prices of diamonds',
    summary: 'Its targets are never negative.',
    source: 'made up',
    licence: 'CC0',
    rows: 10_000,
    inputs: id === 'ink' ? 784 : 9,
    targets: id === 'ink' ? ['top_left', 'bottom_right'] : ['price'],
  }));

export const fakeDoctor = (): DoctorReport => ({
  orthant: '1.0.0',
  node: '24.0.0',
  platform: 'linux',
  engine: 'tensorflow',
  version: '2.21.0',
  device: 'cpu',
  deviceName: 'CPU',
  reason: 'There is no card.',
  cores: 2,
  memory: { totalBytes: 8e9, freeBytes: 4e9 },
  cuda: { note: 'No card was found.' },
  cache: { folder: '/cache', bytes: 0 },
  missing: [],
  warnings: [],
});
