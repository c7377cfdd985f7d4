import { expect, it, vi } from 'vitest';
import { openEngine } from '../tensorflow/backend.ts';
import type { RunRecord } from '../contract/runRecord.ts';
import { recordRun } from '../training/testing/exampleRuns.ts';
import { exampleConfiguration, exampleDataSet } from '../training/testing/example.ts';
import { predictStored, restoreModel } from './storedModel.ts';

it('predicts with a stored model without moving the data set to the engine, and leaves no tensors there', async () => {
  const runtime = await openEngine({ engine: 'wasm' });
  const dataset = exampleDataSet({ rows: 9000, heldOut: 10 });
  const configuration = {
    ...exampleConfiguration({ network: { hidden: [4] }, training: { epochs: 1, batchSize: 100 } }),
    runtime: { engine: 'wasm', device: 'auto', deterministic: false, execution: 'eager' },
  } as const;
  const { last } = await recordRun({ configuration, dataset, runtime });
  const before = runtime.tensorCount();
  const tensor2d = vi.fn(runtime.tf.tensor2d);
  const tf = { ...runtime.tf, tensor2d } as unknown as typeof runtime.tf;

  const model = await restoreModel(tf, { configuration } as unknown as RunRecord, dataset, last);
  const { inputs, targets } = dataset.splits.train;
  const predictions = await predictStored(tf, model, inputs);
  expect(predictions).toHaveLength(targets.length);
  const largest = Math.max(...tensor2d.mock.calls.map(([values]) => (values as Float32Array).length));
  expect(largest).toBeLessThan(inputs.length / 2);
  expect(runtime.tensorCount()).toBe(before);
});
