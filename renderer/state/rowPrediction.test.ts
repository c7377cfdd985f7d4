import { describe, expect, it } from 'vitest';
import type { ModelInput } from '../../native/contract/dataSchema.ts';
import { connectedTo } from '../testing/connectedTo.ts';
import { fakeInspection } from '../testing/fakeData.ts';
import type { Column } from './data.svelte.ts';
import { TablePages } from './pages.svelte.ts';
import { RowPrediction } from './rowPrediction.svelte.ts';

const inputs: ModelInput[] = [
  { kind: 'number', column: 'depth', shift: 61.2345, scale: 1 },
  { kind: 'one-hot', column: 'cut', categories: ['Ideal', 'Good'], acceptsMissing: false },
];
const table = (cells: (number | string | null)[]) => {
  const columns = fakeInspection('diamonds')
    .columns.filter(({ name }) => ['depth', 'cut'].includes(name))
    .map((summary, index): Column => ({ index, summary, role: 'input', chosen: false }));
  const rows = [cells];
  const pages = new TablePages(2, (offset, limit) =>
    Promise.resolve({ columns: ['cut', 'depth'], offset, rows: rows.slice(offset, offset + limit), total: 1 }),
  );
  return { columns, pages };
};

async function made(of = inputs) {
  const asked: unknown[] = [];
  const connection = await connectedTo({
    predictRow: (request: unknown) => {
      asked.push(request);
      return { targets: ['price'], prediction: [3], unseen: [] };
    },
  });
  return { row: new RowPrediction(connection, '/runs/1', () => of), asked };
}

describe('one row for a model', () => {
  it('starts with typical values, takes typed ones, and sends numbers as numbers', async () => {
    const { row, asked } = await made();
    expect(inputs.map((input) => row.text(input))).toEqual(['61.23', 'Ideal']);
    row.typed.depth = '60,5';
    await row.predict();
    expect(asked).toEqual([{ model: '/runs/1', values: { depth: 60.5, cut: 'Ideal' } }]);
    expect(row.answer?.prediction).toEqual([3]);
    row.typed.depth = 'deep';
    await row.predict();
    expect(row.answer, 'that of another row').toBeUndefined();
    expect(row.problem?.message).toMatch(/depth is “deep”/);
  });

  it('is copied from the open table with its gaps, and offers a category the model has never seen', async () => {
    const { row } = await made();
    await row.take(table(['Fair', null]), 1);
    expect(row.note).toBe('Row 1 has no value in depth.');
    expect(row.typed).toEqual({ depth: '', cut: 'Fair' });
    expect(inputs.flatMap((input) => (input.kind === 'number' ? [] : row.categories(input)))).toContain('Fair');
    await row.take(table(['Fair', 60]), 2);
    expect(row.problem?.message).toMatch(/no row 2/);
  });

  it('cannot be copied if no table is open, or one without its columns', async () => {
    const { row } = await made([...inputs, { kind: 'number', column: 'weight', shift: 0, scale: 1 }]);
    expect(row.takeReason({ columns: [], pages: undefined })).toBe('No table is open.');
    expect(row.takeReason(table(['Fair', 60]))).toMatch(/no column “weight”, which/);
    expect((await made()).row.takeReason(table(['Fair', 60]))).toBeUndefined();
  });
});
