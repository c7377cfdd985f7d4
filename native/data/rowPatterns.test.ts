import { describe, expect, it } from 'vitest';
import { Random } from '../base/random.ts';
import { prepareDataSet } from './prepare.ts';
import { explainTarget } from './rowPatterns.ts';
import { settingsFor, testFolder } from './testing/testFiles.ts';

const folder = testFolder();
const random = new Random(1, 'patterns');
const values = (count: number, draw: (row: number) => number): Float64Array => Float64Array.from({ length: count }, (_, row) => draw(row)); // prettier-ignore
const normal = (): number => random.normal();

describe('a target', () => {
  const explained = (column: Float64Array, loss = 'squared-error'): string | undefined =>
    explainTarget('rain', column, loss)?.message;

  it('of many zeros is explained by their share, with the loss that fits', () => {
    const zeros = values(200, (row) => (row % 8 === 0 ? Math.exp(normal()) : 0));
    expect(explained(zeros)).toBe(
      '88 % of the training rows have the rain 0: the loss tweedie is made for such amounts.',
    );
    expect(explained(zeros, 'tweedie')).toMatch(/it was used here, and another power may fit better/);
  });

  it('with a long tail is explained by its skewness, with a loss and a transform', () => {
    const tail = values(500, () => Math.exp(1.5 * normal()));
    expect(explained(tail)).toMatch(/^A few rows have a much larger rain than the others \(skewness \d+(\.\d)?\): try the loss gamma, or the method output-transform with transform=exp and target=log\.$/); // prettier-ignore
    expect(explained(tail, 'gamma')).not.toMatch(/gamma/);
  });

  it.each<[string, Float64Array]>([
    ['of a bell curve', values(300, () => 10 + normal())],
    ['of evenly spread amounts', values(300, () => random.uniform(0.1, 5))],
    ['with an exponential tail', values(3000, () => -Math.log(random.uniform(1e-9, 1)))],
    ['of some zeros', values(300, (row) => row % 3)],
    ['with a tail of both signs', values(500, (row) => Math.exp(1.5 * normal()) - (row === 0 ? 3 : 0))],
    ['of few rows', Float64Array.of(0, 0, 0, 0, 1, 900)],
    ['of one value', values(50, () => 3)],
  ])('%s has no such pattern', (_, column) => {
    expect(explained(column)).toBeUndefined();
  });
});

describe('columns', () => {
  const rows = 100;
  /** Warnings of the pattern of a table with these columns. */
  async function warned(name: string, columns: Record<string, (row: number) => number | string>) {
    const names = Object.keys(columns);
    const lines = Array.from({ length: rows }, (_, row) => names.map((column) => columns[column]!(row)).join(','));
    const path = folder.write(`${name}.csv`, `${[names.join(','), ...lines].join('\n')}\n`);
    const roles = Object.fromEntries(names.map((column) => [column, { role: 'input' as const }]));
    const settings = settingsFor(path, ['y'], { columns: { ...roles, y: { role: 'target' } } });
    const { preparation, splits } = await prepareDataSet(settings);
    return {
      warnings: preparation.warnings.filter(({ topic }) => topic === 'pattern'),
      train: splits.train.rowNumbers,
    };
  }
  const target = (row: number): number => 5 + (row % 13);

  it('of which one row holds nearly all variance are named with the row', async () => {
    // A row that the seed of the split puts into training.
    const { train } = await warned('plain', { x: (row) => row % 7, y: target });
    const wrong = train[30]!;
    const x = (row: number): number => (row === wrong ? -999999 : row % 7);
    expect((await warned('input', { x, y: target })).warnings).toEqual([
      {
        topic: 'pattern',
        column: 'x',
        message: `The input "x" is −999,999 in data row ${wrong + 1}, which alone holds over 90 % of its variance: beside it all other rows look alike. Check this row, or leave it out.`,
      },
    ]);
    const y = (row: number): number => (row === wrong ? 1e6 : target(row));
    expect((await warned('target', { x: (row) => row % 7, y })).warnings).toMatchObject([{ column: 'y' }]);
  });

  it('of a category for each row are named, with what to do', async () => {
    const { warnings } = await warned('names', { x: (row) => row % 7, who: (row) => `person ${row}`, y: target });
    expect(warnings).toMatchObject([
      { column: 'who', message: expect.stringMatching(/^The input "who" has 80 categories in 80 training rows: it names the rows.*Ignore it\.$/) as string }, // prettier-ignore
    ]);
  });

  it.each<[string, Record<string, (row: number) => number | string>]>([
    ['a pixel that is lit in one row', { x: (row) => (row === 40 ? 255 : 0) }],
    ['a long tail', { x: (row) => Math.exp((row % 10) / 1.5) }],
    ['an outlier that hides nothing', { x: (row) => (row === 40 ? 60 : row % 13) }],
    ['some categories', { kind: (row) => `kind ${row % 30}` }],
  ])('with %s are not', async (name, columns) => {
    expect((await warned(name, { other: (row) => row % 5, ...columns, y: target })).warnings).toEqual([]);
  });
});
