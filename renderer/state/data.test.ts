import { describe, expect, it, vi } from 'vitest';
import { runConfigurationSchema, type DataSettings } from '../../native/contract/configuration.ts';
import { OrthantError } from '../../native/contract/errors.ts';
import type { Inspection } from '../../native/contract/inspection.ts';
import { connectedTo } from '../testing/connectedTo.ts';
import { fakeInspection } from '../testing/fakeData.ts';
import { DataTable } from './data.svelte.ts';

const configurationOf = (data: Partial<DataSettings> = {}) =>
  runConfigurationSchema.parse({ data: { source: { kind: 'file', path: '/a.csv' }, ...data } });

async function opened(data: Partial<DataSettings> = {}, rejected: Inspection['rejected'] = []): Promise<DataTable> {
  const inspection = { ...fakeInspection('diamonds'), rejected, rejectedRows: rejected.length };
  const table = new DataTable(await connectedTo({ inspect: () => inspection }));
  table.follow(configurationOf(data));
  await vi.waitFor(() => {
    expect(table.inspection).toBeDefined();
  });
  return table;
}

describe('rows of a run in the open table', () => {
  it('can be found if the run read the same file in the same way', async () => {
    const table = await opened({ columns: { price: { role: 'target' } } });
    expect(table.rowsReason(configurationOf().data)).toBeUndefined();
    expect(table.rowsReason(undefined)).toMatch(/not open/);
  });

  it('are not mistaken for those of another file, or of the file read with other settings', async () => {
    const table = await opened({ skipBadRows: true });
    const other = configurationOf({ source: { kind: 'file', path: '/b.csv' }, skipBadRows: true });
    expect(table.rowsReason(other.data)).toMatch(/not open/);
    expect(table.rowsReason(configurationOf().data)).toMatch(/counted differently/);
    const dialect = configurationOf({ skipBadRows: true, dialect: { header: false } });
    expect(table.rowsReason(dialect.data)).toMatch(/counted differently/);
    expect(table.rowsReason(configurationOf({ skipBadRows: true }).data)).toBeUndefined();
  });

  it('are counted differently if the run accepted a cell for which the table skips a row', async () => {
    const table = await opened({ skipBadRows: true }, [
      { line: 7, column: 'depth', reason: 'is text', advice: 'Write a number.' },
    ]);
    const ignoring = configurationOf({ skipBadRows: true, columns: { depth: { role: 'ignore' } } });
    expect(table.rowsReason(ignoring.data)).toMatch(/counted differently/);
    const using = configurationOf({ skipBadRows: true, columns: { depth: { role: 'input' } } });
    expect(table.rowsReason(using.data)).toBeUndefined();
  });

  it('cannot be found while no table is open', async () => {
    const table = new DataTable(await connectedTo({}));
    expect(table.rowsReason(configurationOf().data)).toMatch(/not open/);
  });
});

describe('opening a file', () => {
  it('is cancelled in the engine, too, and can be tried again', async () => {
    const aborted = vi.fn();
    let slow = true;
    const table = new DataTable(
      await connectedTo({
        inspect: (_, { signal }) =>
          slow
            ? new Promise((_resolve, reject) => {
                signal.addEventListener('abort', () => {
                  aborted();
                  reject(new Error('aborted'));
                });
              })
            : fakeInspection('diamonds'),
      }),
    );
    table.follow(configurationOf());
    expect(table.opening).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 10));
    table.cancelOpening();
    expect(table.opening).toBe(false);
    expect(table.error?.message).toMatch(/you cancelled it/);
    await vi.waitFor(() => {
      expect(aborted).toHaveBeenCalled();
    });
    slow = false;
    table.refresh();
    await vi.waitFor(() => {
      expect(table.inspection).toBeDefined();
    });
    expect(table.error).toBeUndefined();
  });
});

describe('warnings and errors of a file', () => {
  it('are shown once, though both reading and splitting find them', async () => {
    const [latin, constant, left] = ['It was read as Latin-1.', 'p0 is constant.', 'Datum is not used.'];
    const inspection = { ...fakeInspection('diamonds'), warnings: [{ message: latin }, { message: constant }] };
    const table = new DataTable(
      await connectedTo({
        inspect: () => inspection,
        prepare: () => ({
          rowsInFile: 1,
          missing: 'drop' as const,
          rowsUsed: 1,
          dropped: [],
          split: { train: 1, validation: 0, test: 0 },
          features: [],
          targets: [],
          // The rows that could not be read are listed on their own.
          warnings: [{ message: latin }, { message: left }, { message: 'Line 3 is cut.', topic: 'unreadable' }],
        }),
      }),
    );
    table.follow(configurationOf());
    await vi.waitFor(() => {
      expect(table.preparation).toBeDefined();
    });
    expect(table.warnings.map(({ message }) => message)).toEqual([latin, constant, left]);
  });

  it('are those about its use if both have the same topic', async () => {
    const [ofFile, ofUse] = ['p0 has the same value in all rows.', 'p0 is the same in all training rows.'];
    const constant = (message: string) => [{ message, topic: 'constant' as const }];
    let answer: (value: unknown) => void = () => undefined;
    const table = new DataTable(
      await connectedTo({
        inspect: () => ({ ...fakeInspection('diamonds'), warnings: constant(ofFile) }),
        prepare: () => new Promise<never>((resolve) => (answer = resolve as typeof answer)),
      }),
    );
    table.follow(configurationOf());
    await vi.waitFor(() => {
      expect(table.inspection).toBeDefined();
    });
    expect(table.warnings.map(({ message }) => message)).toEqual([ofFile]);
    await new Promise((resolve) => setTimeout(resolve, 300));
    answer({
      rowsInFile: 1,
      missing: 'drop' as const,
      rowsUsed: 1,
      dropped: [],
      split: { train: 1, validation: 0, test: 0 },
      features: [],
      targets: [],
      warnings: constant(ofUse),
    });
    await vi.waitFor(() => {
      expect(table.warnings.map(({ message }) => message)).toEqual([ofUse]);
    });
  });

  it('name the file, and not the folder of the host', async () => {
    const inspect = (): never => {
      throw new OrthantError('data', '/uploads/2026/a.csv has a header and no rows below it.');
    };
    const table = new DataTable(await connectedTo({ inspect }));
    table.follow(configurationOf({ source: { kind: 'file', path: '/uploads/2026/a.csv' } }));
    await vi.waitFor(() => {
      expect(table.error?.message).toBe('a.csv has a header and no rows below it.');
    });
  });
});
