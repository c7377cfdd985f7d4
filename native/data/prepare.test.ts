import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runConfigurationSchema, type ColumnSettings, type Loss } from '../contract/configuration.ts';
import { splitNames } from '../contract/results.ts';
import { prepareDataSet, previewPreparation } from './prepare.ts';
import { boundsOf, leastTargets } from './targets.ts';
import { settingsFor, testFolder } from './testing/testFiles.ts';

const folder = testFolder();

const csv = (header: string, rows: readonly (readonly (string | number)[])[]): string =>
  `${[header, ...rows.map((row) => row.join(','))].join('\n')}\n`;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values: readonly number[]): number =>
  Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));

/** Row numbers of the three splits. */
const numbersOf = (splits: Awaited<ReturnType<typeof prepareDataSet>>['splits']) =>
  splitNames.map((name) => [...splits[name].rowNumbers]);

describe('splits', () => {
  it('assign every row once, by seed, with the requested shares', async () => {
    const rows = Array.from({ length: 203 }, (_, index) => [index * 1.1, index + 0.5]);
    const path = folder.write('split.csv', csv('x,y', rows));
    const split = { by: 'seed' as const, validation: 0.2, test: 0.15, seed: 3 };
    const { splits, preparation } = await prepareDataSet(settingsFor(path, ['y'], { split }));
    const [train, validation, test] = numbersOf(splits);
    expect([train!.length, validation!.length, test!.length]).toEqual([203 - 41 - 30, 41, 30]);
    expect(preparation.split).toEqual({ train: 132, validation: 41, test: 30 });
    expect([...train!, ...validation!, ...test!].sort((a, b) => a - b)).toEqual(rows.map((_, index) => index));
    for (const numbers of [train!, validation!, test!]) expect(numbers).toEqual([...numbers].sort((a, b) => a - b));

    expect(numbersOf((await prepareDataSet(settingsFor(path, ['y'], { split }))).splits)).toEqual([
      train,
      validation,
      test,
    ]);
    const other = await prepareDataSet(settingsFor(path, ['y'], { split: { ...split, seed: 4 } }));
    expect(numbersOf(other.splits)).not.toEqual([train, validation, test]);
  });

  it('follow a column, in capital or small letters', async () => {
    const parts = ['train', 'Training', 'val', 'VALID', 'validation', 'test', 'Test', 'train'];
    const path = folder.write(
      'column.csv',
      csv(
        'x,part,y',
        parts.map((part, index) => [index, part, index * 2 + 1]),
      ),
    );
    const { splits, schema } = await prepareDataSet(
      settingsFor(path, ['y'], { split: { by: 'column', column: 'part' } }),
    );
    expect(numbersOf(splits)).toEqual([
      [0, 1, 7],
      [2, 3, 4],
      [5, 6],
    ]);
    expect(schema.inputs.map(({ column }) => column)).toEqual(['x']);
  });
});

describe('the rows an exported model is checked on', () => {
  const parts = ['train', 'test', 'train', 'validation', 'test', 'train'];
  const rows = parts.map((part, index) => [index * 1000.5, `kind ${index % 2}`, part, index + 1]);
  const prepared = async (used: typeof rows) => {
    const path = folder.write('raw.csv', csv('x,kind,part,y', used));
    return prepareDataSet(settingsFor(path, ['y'], { split: { by: 'column', column: 'part' } }));
  };

  it('are the unencoded inputs of the test split', async () => {
    const { raw } = await prepared(rows);
    expect([raw.split, raw.rows]).toEqual(['test', 2]);
    expect(Object.fromEntries(raw.columns)).toEqual({
      x: Float64Array.from([1000.5, 4002]),
      kind: ['kind 1', 'kind 0'],
    });
  });

  it('are from the validation split if there are no test rows', async () => {
    const { raw } = await prepared(rows.filter(([, , part]) => part !== 'test'));
    expect(raw.split).toBe('validation');
    expect(raw.columns.get('kind')).toEqual(['kind 1']);
  });
});

describe('scaling', () => {
  const rows = Array.from({ length: 50 }, (_, index) => [
    100 + ((index * 37) % 50),
    -5 * index ** 2,
    7,
    3 + ((index * 13) % 29),
  ]);
  const path = () => folder.write('scaling.csv', csv('a,b,c,y', rows));

  it.each(['standard', 'min-max', 'none'] as const)('%s is fitted on the training rows only', async (inputs) => {
    const settings = settingsFor(path(), ['y'], { scaling: { inputs } });
    const { schema, splits, preparation } = await prepareDataSet(settings);
    const training = splits.train.rowNumbers;
    const column = (index: number) => Array.from(training, (row) => rows[row]![index]!);
    for (const [feature, input] of schema.inputs.entries()) {
      if (input.kind !== 'number') throw new Error('Only numbers are in this table.');
      const values = column(feature);
      const low = Math.min(...values);
      const range = Math.max(...values) - low;
      const [shift, scale] =
        inputs === 'none' ? [0, 1] : inputs === 'standard' ? [mean(values), deviation(values) || 1] : [low, range || 1];
      expect(input.shift).toBeCloseTo(shift, 9);
      expect(input.scale).toBeCloseTo(scale, 9);
      for (const name of splitNames) {
        for (const [index, row] of splits[name].rowNumbers.entries()) {
          expect(splits[name].inputs[index * 3 + feature]).toBeCloseTo((rows[row]![feature]! - shift) / scale, 4);
        }
      }
    }
    // Targets are divided, never shifted, so that their signs and ratios are kept.
    const scale = deviation(column(3));
    expect(schema.targets).toEqual([{ name: 'y', scale: expect.closeTo(scale, 9) as number }]);
    for (const name of splitNames) {
      for (const [index, row] of splits[name].rowNumbers.entries()) {
        expect(splits[name].targets[index]).toBeCloseTo(rows[row]![3]! / scale, 5);
      }
    }
    expect(preparation.warnings.map(({ column: name }) => name)).toEqual(['c']);
    expect(preparation.targets).toEqual([
      { name: 'y', scale: expect.closeTo(scale, 9) as number, minimum: 3, maximum: 31 },
    ]);
  });

  it('leaves targets unscaled if requested', async () => {
    const { splits, schema } = await prepareDataSet(settingsFor(path(), ['y'], { scaling: { targets: 'none' } }));
    expect(schema.targets[0]!.scale).toBe(1);
    expect([...splits.test.targets]).toEqual(Array.from(splits.test.rowNumbers, (row) => rows[row]![3]));
  });

  it('warns of more features than training rows', async () => {
    const wide = Array.from({ length: 6 }, (_, row) =>
      Array.from({ length: 9 }, (__, column) => (row + 2) ** (column % 4) + column),
    );
    const file = folder.write(
      'wide.csv',
      csv(
        'a,b,c,d,e,f,g,h,y',
        wide.map((row, index) => [...row.slice(0, 8), index + 1]),
      ),
    );
    const { preparation } = await prepareDataSet(
      settingsFor(file, ['y'], { split: { by: 'seed', validation: 0, test: 0.2 } }),
    );
    expect(
      preparation.warnings.some(({ message }) => message.includes('more input features (8) than training rows (5)')),
    ).toBe(true);
  });
});

describe('encoding', () => {
  const colours = ['red', 'green', 'blue'];
  const rows = Array.from({ length: 40 }, (_, index) => [
    index === 5 ? '' : colours[index % 3]!,
    ['low', 'high', 'mid'][index % 3]!,
    index % 2 === 0 ? 'TRUE' : 'false',
    1 + (index % 4),
    index + 1,
  ]);
  const path = () => folder.write('encoding.csv', csv('colour,level,flag,code,y', rows));
  const columns: Record<string, ColumnSettings> = {
    level: { role: 'input', encoding: 'ordinal', order: ['low', 'mid', 'high'] },
    code: { role: 'input', encoding: 'one-hot' },
  };

  it('encodes categories as 0/1, an order as 0, 1, 2, booleans as 0/1, and numbers as categories if requested', async () => {
    const { schema, splits, preparation } = await prepareDataSet(
      settingsFor(path(), ['y'], { columns, missing: 'drop', scaling: { inputs: 'none' } }),
    );
    expect(schema.inputs).toEqual([
      { kind: 'one-hot', column: 'colour', categories: ['blue', 'green', 'red'], acceptsMissing: false },
      { kind: 'ordinal', column: 'level', order: ['low', 'mid', 'high'], shift: 0, scale: 1 },
      { kind: 'number', column: 'flag', shift: 0, scale: 1 },
      { kind: 'one-hot', column: 'code', categories: ['1', '2', '3', '4'], acceptsMissing: false },
    ]);
    expect(preparation.features.map(({ name }) => name)).toEqual([
      'colour = blue',
      'colour = green',
      'colour = red',
      'level',
      'flag',
      'code = 1',
      'code = 2',
      'code = 3',
      'code = 4',
    ]);
    for (const name of splitNames) {
      for (const [index, row] of splits[name].rowNumbers.entries()) {
        const [colour, level, flag, code] = rows[row]!;
        expect([...splits[name].inputs.slice(index * 9, index * 9 + 9)]).toEqual([
          ...['blue', 'green', 'red'].map((value) => Number(value === colour)),
          ['low', 'mid', 'high'].indexOf(String(level)),
          Number(flag === 'TRUE'),
          ...[1, 2, 3, 4].map((value) => Number(value === code)),
        ]);
      }
    }
    expect(preparation.dropped).toEqual([{ reason: 'no value in the input "colour"', rows: 1 }]);
  });

  it('uses the categories of the training rows only, and warns of others', async () => {
    const parts = rows.map((row, index) => [...row, index < 20 ? 'train' : 'test']);
    parts[30]![0] = 'violet';
    const file = folder.write('unseen.csv', csv('colour,level,flag,code,y,part', parts));
    const settings = settingsFor(file, ['y'], { missing: 'drop', split: { by: 'column', column: 'part' } });
    const { schema, splits, preparation } = await prepareDataSet(settings);
    expect(schema.inputs[0]).toMatchObject({ categories: ['blue', 'green', 'red'] });
    expect(preparation.warnings).toContainEqual({
      column: 'colour',
      message: expect.stringContaining('"violet"') as string,
    });
    const at = splits.test.rowNumbers.indexOf(30);
    const width = splits.test.inputs.length / splits.test.rows;
    expect([...splits.test.inputs.slice(at * width, at * width + 3)]).toEqual([0, 0, 0]);
  });

  it('fills missing values with the median of the training rows', async () => {
    const values = [9, '', 1, 2, 100, '', 4, 3];
    const parts = values.map((value, index) => [
      value,
      ['a', '', 'b', 'a', 'b', 'a', 'b', 'a'][index]!,
      index + 1,
      index < 6 ? 'train' : 'test',
    ]);
    const file = folder.write('median.csv', csv('x,k,y,part', parts));
    const settings = settingsFor(file, ['y'], {
      missing: 'median',
      split: { by: 'column', column: 'part' },
      scaling: { inputs: 'none' },
    });
    const { schema, splits, preparation } = await prepareDataSet(settings);
    expect(schema.inputs).toEqual([
      { kind: 'number', column: 'x', shift: 0, scale: 1, fill: 5.5 },
      { kind: 'one-hot', column: 'k', categories: ['a', 'b'], acceptsMissing: true },
    ]);
    expect(preparation.rowsUsed).toBe(8);
    expect([...splits.train.inputs]).toEqual([9, 1, 0, 5.5, 0, 0, 1, 0, 1, 2, 1, 0, 100, 0, 1, 5.5, 1, 0]);
  });

  it('makes a missing category one of its own, and treats a missing ordered category as a number', async () => {
    const lines = ['9,a,low', ',,high', '1,b,mid', '2,,', '100,b,low', ',a,high', '4,,low', '3,a,'];
    const parts = lines.map((line, index) => [line, index + 1, index < 6 ? 'train' : 'test']);
    const file = folder.write('own.csv', csv('x,k,o,y,part', parts));
    const order = ['low', 'mid', 'high'];
    const settings = {
      columns: { o: { role: 'input', encoding: 'ordinal', order } },
      split: { by: 'column', column: 'part' },
      scaling: { inputs: 'none' },
    } as const;
    const k = { kind: 'one-hot', column: 'k', categories: ['', 'a', 'b'], acceptsMissing: true };
    const o = { kind: 'ordinal', column: 'o', order, shift: 0, scale: 1 };

    const filled = await prepareDataSet(settingsFor(file, ['y'], { ...settings, missing: 'median-own-category' }));
    expect(filled.schema.inputs).toEqual([
      { kind: 'number', column: 'x', shift: 0, scale: 1, fill: 5.5 },
      k,
      { ...o, fill: 1 },
    ]);
    expect(filled.preparation).toMatchObject({ rowsUsed: 8, dropped: [] });
    expect(filled.preparation.features.map(({ name }) => name)).toEqual(['x', 'k = (missing)', 'k = a', 'k = b', 'o']);
    expect([...filled.splits.train.inputs.subarray(0, 20)]).toEqual(
      [
        [9, 0, 1, 0, 0],
        [5.5, 1, 0, 0, 2],
        [1, 0, 0, 1, 1],
        [2, 1, 0, 0, 1],
      ].flat(),
    );

    const left = await prepareDataSet(settingsFor(file, ['y'], { ...settings, missing: 'own-category' }));
    expect(left.preparation).toMatchObject({
      rowsUsed: 4,
      dropped: [
        { reason: 'no value in the input "x"', rows: 2 },
        { reason: 'no value in the input "o"', rows: 2 },
      ],
    });
    // No training row that is used has a missing category.
    expect(left.schema.inputs[1]).toEqual({ ...k, categories: ['a', 'b'] });
    expect([...left.splits.test.inputs]).toEqual([4, 0, 0, 0]);
    expect(left.preparation.warnings).toContainEqual({
      column: 'k',
      message: 'Column "k" has categories that no training row has: (missing). They are treated as unknown.',
    });
  });
});

describe('rows', () => {
  it('are all used or counted as dropped, whatever is missing', async () => {
    const cell = fc.option(fc.integer({ min: 1, max: 99 }), { freq: 6, nil: '' as const });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell, cell), { minLength: 30, maxLength: 80 }),
        fc.constantFrom('drop' as const, 'median' as const),
        async (rows, missing) => {
          const path = folder.write('missing.csv', csv('a,b,y', rows));
          const complete = rows.filter(([a, b, y]) => y !== '' && (missing === 'median' || (a !== '' && b !== '')));
          fc.pre(complete.length >= 10 && new Set(complete.map(([, , y]) => y)).size > 5);
          const settings = settingsFor(path, ['y'], { missing });
          const { preparation, splits } = await prepareDataSet(settings);
          expect(preparation.rowsUsed).toBe(complete.length);
          expect(rows.length).toBe(
            preparation.rowsUsed + preparation.dropped.reduce((sum, { rows: count }) => sum + count, 0),
          );
          expect(splitNames.reduce((sum, name) => sum + splits[name].rows, 0)).toBe(complete.length);
          expect([...splits.train.inputs, ...splits.train.targets].every(Number.isFinite)).toBe(true);
          expect(await previewPreparation(settings)).toEqual(preparation);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('are no longer read after the caller cancels', async () => {
    const rows = Array.from({ length: 200_000 }, (_, index) => [index % 97, index + 1]);
    const path = folder.write('long.csv', csv('a,y', rows));
    const abort = new AbortController();
    const work = prepareDataSet(settingsFor(path, ['y']), abort.signal);
    setTimeout(() => {
      abort.abort();
    }, 10);
    await expect(work).rejects.toMatchObject({ code: 'cancelled' });
    expect((await prepareDataSet(settingsFor(path, ['y']))).preparation.rowsUsed).toBe(200_000);
  });
});

describe('boundsOf', () => {
  const schema = {
    inputs: [],
    targets: [
      { name: 'water', scale: 1 },
      { name: 'fat', scale: 1 },
    ],
  };
  it('gives one bound per target, by name or the same for all', () => {
    expect(boundsOf(schema, 0.5)).toEqual([0.5, 0.5]);
    expect(boundsOf(schema, { fat: -1 })).toEqual([0, -1]);
    expect(() => boundsOf(schema, { fats: 1 })).toThrow(/"fats", which is not a target\. Did you mean "fat"\?/);
  });

  it('is the least value of a target, except for a loss of targets that are often 0', () => {
    const least = (loss: Loss) => {
      const { training } = runConfigurationSchema.parse({
        data: { source: { kind: 'sample', id: 'meats' } },
        training: { loss },
      });
      return leastTargets(schema, {
        training,
        constraint: { epsilon: { water: 0.5, fat: -1 }, method: { id: 'none', settings: {} } },
      });
    };
    expect(least('squared-error')).toEqual([0.5, -1]);
    expect(least('gamma')).toEqual([0.5, -1]);
    expect(least('poisson')).toEqual([0, -1]);
    expect(least('tweedie')).toEqual([0, -1]);
  });
});
