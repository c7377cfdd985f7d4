import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inspectTable } from './inspect.ts';
import { prepareDataSet } from './prepare.ts';
import { listSamples, sampleConfiguration, sampleFile } from './samples.ts';
import { checkBounds } from './targets.ts';
import { withTable } from './table.ts';
import { testFolder } from './testing/testFiles.ts';

testFolder();
const samples = await listSamples();

describe('samples', () => {
  it('are four, including the three required ones, with less than 2 MiB each', async () => {
    const ids = samples.map(({ id }) => id);
    expect(ids).toHaveLength(4);
    expect(ids).toEqual(expect.arrayContaining(['ink', 'diamonds', 'meats']));
    for (const id of ids) expect(statSync((await sampleFile(id)).path).size).toBeLessThan(2 * 2 ** 20);
    const folders = readdirSync(join(import.meta.dirname, 'samples'));
    expect(folders.sort()).toEqual(ids);
  });

  it.each(samples)('$id matches its description, and its recommended configuration fits it', async (sample) => {
    const { id, rows, inputs, targets } = sample;
    const configuration = await sampleConfiguration(id);
    expect(configuration.data.source).toEqual({ kind: 'sample', id });
    const dataSet = await prepareDataSet(configuration.data);
    expect(dataSet.preparation).toMatchObject({ rowsInFile: rows, rowsUsed: rows });
    expect(dataSet.schema.inputs).toHaveLength(inputs);
    expect(dataSet.schema.targets.map(({ name }) => name)).toEqual(targets);
    for (const { minimum } of dataSet.preparation.targets) expect(minimum).toBeGreaterThan(0);
    checkBounds(
      dataSet,
      targets.map(() => 0),
    );
  });

  it('ink: the targets are the squared ink of two quadrants of the 28 x 28 pixels; the inputs are the unscaled pixels', async () => {
    const { data, network, training } = await sampleConfiguration('ink');
    expect([
      network.hidden,
      training.epochs,
      training.batchSize,
      training.optimizer.id,
      training.optimizer.learningRate,
      training.schedule.id,
    ]).toEqual([[784, 784], 8, 64, 'adam', 0.001, 'cosine']);
    const { splits, schema } = await prepareDataSet(data);
    expect(schema.inputs.map(({ column }) => column)).toEqual(Array.from({ length: 784 }, (_, index) => `p${index}`));
    const { inputs, targets, rows } = splits.train;
    const ink = (row: number, top: number, left: number): number => {
      let sum = 0;
      for (let y = top; y < top + 14; y++)
        for (let x = left; x < left + 14; x++) sum += inputs[row * 784 + y * 28 + x]!;
      return (sum / 196) ** 2 + 1e-4;
    };
    for (const [output, corner] of [
      [0, 0],
      [14, 14],
    ].entries()) {
      const expected = Array.from({ length: rows }, (_, row) => ink(row, corner[0]!, corner[1]!));
      // The file and the preparation each divide by a deviation, so the ratio to the expected value is constant.
      const ratios = expected.map((value, row) => targets[row * 2 + output]! / value);
      const middle = [...ratios].sort((a, b) => a - b)[rows >> 1]!;
      for (const ratio of ratios) expect(Math.abs(ratio / middle - 1)).toBeLessThan(1e-5);
      const mean = targets.reduce((sum, value, at) => sum + (at % 2 === output ? value : 0), 0) / rows;
      const variance =
        targets.reduce((sum, value, at) => sum + (at % 2 === output ? (value - mean) ** 2 : 0), 0) / rows;
      expect(variance).toBeCloseTo(1, 4);
    }
    expect(Math.max(...inputs.slice(0, 784 * 100))).toBe(1);
  });

  it('diamonds: only rows of possible size, 23 fewer than the package has', async () => {
    const { columns, rows } = await inspectTable({ source: { kind: 'sample', id: 'diamonds' } });
    const of = (name: string) => columns.find((column) => column.name === name)!;
    expect(rows).toBe(53_940 - 23);
    for (const name of ['x', 'y', 'z']) expect(of(name).minimum).toBeGreaterThan(0);
    for (const name of ['y', 'z']) expect(of(name).maximum).toBeLessThan(20);
    expect([of('price').minimum, of('price').maximum]).toEqual([326, 18_823]);
  });

  it('are listed if the requested one does not exist', async () => {
    const request = { source: { kind: 'sample' as const, id: 'diamond' } };
    await expect(withTable(request, () => Promise.resolve())).rejects.toThrow(
      /no sample "diamond"\. Did you mean "diamonds"\?/,
    );
    await expect(sampleConfiguration('../samples/ink')).rejects.toMatchObject({ code: 'usage' });
  });
});
