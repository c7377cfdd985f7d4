import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { constraintMethods } from '../constraints/registry.ts';
import { openEngine, type EngineRuntime } from '../tensorflow/backend.ts';
import { testEngines as engines, testDeviceOf } from '../tensorflow/testEngines.ts';
import { linearLayer, smallRun } from './testing/smallRun.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** Every method, once with each choice of its settings. */
const all = constraintMethods.flatMap(({ id, settings }): [string, Record<string, unknown>][] => {
  const chosen = Object.entries(settings.shape).flatMap(([name, schema]) => {
    const { enum: choices = [] } = z.toJSONSchema(schema as z.ZodType, { io: 'input' });
    return choices.map((choice): [string, Record<string, unknown>] => [id, { [name]: choice }]);
  });
  return chosen.length === 0 ? [[id, {}]] : chosen;
});

const network = () => [
  { ...linearLayer([1, -1, 0.5, 2, 0.1, -0.4], 3), activation: 'relu' as const },
  linearLayer([0.5, -1, 1, 0.3, -0.2, 0.7], 2),
];
const data = {
  inputs: [
    [1, 2],
    [-1, 0.5],
    [0.3, -2],
    [2, 2],
  ],
  targets: [
    [1, 0.2],
    [0.5, 0.1],
    [0, 2],
    [3, 0.3],
  ],
};

/** Predictions after the same steps on each engine. */
const outcomes = new Map<string, Float32Array>();

describe.each(engines)('a method on %s:', (engine) => {
  let runtime: EngineRuntime;
  beforeAll(async () => {
    runtime = await openEngine({ engine, device: testDeviceOf(engine) });
  });

  test('on bounded features the loss sees that a smaller weight allows a smaller bias', () => {
    // One feature tanh(0) = 0, target 0: the prediction is the bias alone, which |w| lifts to 3.
    const run = smallRun({
      tf: runtime.tf,
      inputs: [[0]],
      targets: [[0]],
      layers: [{ ...linearLayer([1]), activation: 'tanh' }, linearLayer([-3])],
      method: 'non-negative-last-layer',
    });
    expect(run.predictions()[0]).toBeCloseTo(3, 3);
    for (let step = 0; step < 30; step++) run.step(0.1);
    expect(run.predictions()[0]).toBeLessThan(0.1);
    expect(run.predictions()[0]).toBeGreaterThanOrEqual(0);
    run.dispose();
  });

  describe.each(all)('%s %o', (method, settings) => {
    const start = () => smallRun({ tf: runtime.tf, ...data, layers: network(), method, settings, biases: true });

    test('leaks no tensor, neither over steps nor when it ends', () => {
      const before = runtime.tensorCount();
      const run = start();
      run.step(0.01, [0, 1]);
      run.endEpoch();
      // TensorFlow counts a tensor after its first use: one more step uses the values that the end of the epoch has
      // set.
      run.step(0.01, [2, 3]);
      const after = runtime.tensorCount();
      for (let i = 0; i < 10; i++) run.step(0.01, [i % 4, 3]);
      run.endEpoch();
      run.step(0.01, [2, 3]);
      run.instance.report();
      expect(runtime.tensorCount()).toBe(after);
      run.dispose();
      expect(runtime.tensorCount()).toBe(before);
    });

    test('reads nothing back in a step', () => {
      const run = start();
      const read = vi.spyOn(runtime.tf.Tensor.prototype, 'dataSync');
      run.step(0.01, [0, 1]);
      expect(read).not.toHaveBeenCalled();
      run.dispose();
    });

    test('keeps everything in its state and the layers: restored from them it continues with the same numbers', () => {
      const run = start();
      const advance = (other: typeof run) => {
        for (let i = 0; i < 5; i++) other.step(0.01, [i % 4, (i + 2) % 4]);
        other.endEpoch();
      };
      advance(run);
      advance(run);
      const copy = start();
      for (const [name, variable] of Object.entries(run.instance.state)) {
        runtime.tf.tidy(() => {
          copy.instance.state[name]!.assign(runtime.tf.tensor([...variable.dataSync()], variable.shape, 'float32'));
        });
      }
      run.layers.forEach(({ kernel, bias }, i) => {
        runtime.tf.tidy(() => {
          copy.layers[i]!.kernel.assign(runtime.tf.clone(kernel));
          copy.layers[i]!.bias.assign(runtime.tf.clone(bias));
        });
      });
      for (const one of [run, copy]) {
        advance(one);
        advance(one);
      }
      expect(copy.predictions()).toEqual(run.predictions());
      expect(copy.instance.report()).toEqual(run.instance.report());
      run.dispose();
      copy.dispose();
    });

    test('does the same on every engine', () => {
      const run = start();
      for (let i = 0; i < 8; i++) run.step(0.01, [i % 4, (i + 1) % 4]);
      run.endEpoch();
      const predictions = run.predictions();
      run.dispose();
      expect(predictions.every(Number.isFinite)).toBe(true);
      const name = `${method} ${JSON.stringify(settings)}`;
      outcomes.get(name)?.forEach((other, i) => {
        expect(Math.abs(predictions[i]! - other)).toBeLessThan(1e-4 * Math.max(1, Math.abs(other)));
      });
      outcomes.set(name, predictions);
    });
  });
});
