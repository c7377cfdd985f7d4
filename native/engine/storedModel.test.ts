import { expect, it, vi } from 'vitest';
import { openEngine } from '../tensorflow/backend.ts';
import type { RunRecord } from '../contract/runRecord.ts';
import { predict } from '../network/predict.ts';
import { everyStep, reaches, recordRun } from '../training/testing/exampleRuns.ts';
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

it('restores the smearing factor of a run on the logarithm of the target, also before its first epoch has ended', async () => {
  const runtime = await openEngine({ engine: 'wasm' });
  const dataset = exampleDataSet({ rows: 100, heldOut: 10 });
  const configuration = exampleConfiguration({
    network: { hidden: [4] },
    constraint: { method: { id: 'output-transform', settings: { transform: 'exp', target: 'log' } } },
    training: { epochs: 2, batchSize: 20 },
  });
  const options = { configuration, dataset, runtime };
  const { outcome, last } = await recordRun(options);
  const early = await recordRun({ ...options, changes: everyStep(10) }, async (trainer) => {
    await reaches(trainer, 2);
    trainer.stop();
  });
  expect(early.last.epoch).toBe(0);
  const record = { configuration } as unknown as RunRecord;
  const whole = await restoreModel(runtime.tf, record, dataset, last);
  expect(whole).toEqual(outcome.model);
  expect(await restoreModel(runtime.tf, record, dataset, early.last)).toEqual(early.outcome.model);

  const { inputs } = dataset.splits.test;
  const stored = await predictStored(runtime.tf, whole, inputs);
  predict(whole, inputs).forEach((prediction, i) => {
    expect((stored[i] ?? NaN) / (prediction * (1.5 + (i % 2)))).toBeCloseTo(1, 5);
  });
});
