import type * as tfjs from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { openEngine, type EngineRuntime } from '../tensorflow/backend.ts';
import { hasTensorflow, testDevice } from '../tensorflow/testEngines.ts';
import { onesOfComputedLength, withBinding } from '../compile/testing/bindings.ts';
import { nativeBackend } from '../tensorflow/nativeBackend.ts';
import { chooseExecution } from './chooseExecution.ts';
import type { Execution } from './execution.ts';
import { buildParts, type TrainingParts } from './buildParts.ts';
import { hasLargeProducts } from './stepCost.ts';
import { unevenRows as dataset, unevenRun as configuration } from './testing/exampleRuns.ts';
import { exampleConfiguration } from './testing/example.ts';
import { Trainer } from './trainer.ts';

let runtime: EngineRuntime;

describe.skipIf(!hasTensorflow)('what is chosen', () => {
  beforeAll(async () => {
    runtime = await openEngine({ engine: 'tensorflow', device: testDevice });
  });

  /** The choice for a run whose method adds this term to the loss. */
  function chosenWith(
    term: NonNullable<TrainingParts['method']['term']> | undefined,
    epochs = 200,
  ): Pick<Execution, 'kind' | 'reason' | 'refused' | 'compileSeconds'> {
    const configured = configuration('auto', { epochs });
    const parts = buildParts(runtime.tf, configured, dataset);
    const changed = term === undefined ? parts : { ...parts, method: { ...parts.method, term } };
    const chosen = chooseExecution(changed, runtime, configured);
    chosen.dispose();
    parts.dispose();
    return chosen;
  }

  it('is XLA for a long run, without a reason, and with the time it took to compile', () => {
    const { kind, reason, compileSeconds } = chosenWith(undefined);
    expect([kind, reason]).toEqual(['xla', undefined]);
    expect(compileSeconds).toBeGreaterThan(0);
  });

  it.skipIf(testDevice === 'gpu')('is the graph without XLA where the products are large', () => {
    const configured = {
      ...configuration('auto', { epochs: 1000, batchSize: 62 }),
      network: exampleConfiguration({ network: { hidden: [5700, 5700] } }).network,
    };
    const parts = buildParts(runtime.tf, configured, dataset);
    const chosen = chooseExecution(parts, runtime, configured);
    expect(chosen.kind).toBe('graph');
    expect(chosen.reason).toMatch(/faster than XLA/);
    chosen.dispose();
    // Half of the rows in a step need half of the multiplications.
    const smaller = { ...parts, plan: { ...parts.plan, batchSize: 31 } };
    expect(hasLargeProducts(parts)).toBe(true);
    expect(hasLargeProducts(smaller)).toBe(false);
    parts.dispose();
  });

  it('is the eager step for a run of few steps', () => {
    const { kind, reason } = chosenWith(undefined, 3);
    expect(kind).toBe('eager');
    expect(reason).toMatch(/12 steps/);
  });

  type Term = (prediction: Parameters<NonNullable<TrainingParts['method']['term']>>[0]) => unknown;
  const unfit: [string, RegExp, Term][] = [
    [
      'draws random numbers in JavaScript',
      /^The step is not the same on every batch: operation \d+ .*$/,
      (prediction) => runtime.tf.mul(runtime.tf.mean(prediction), runtime.tf.scalar(Math.random())),
    ],
    [
      'looks at its predictions',
      /^The step reads the result of \w+ back to JavaScript.*$/,
      (prediction) => runtime.tf.mul(runtime.tf.mean(prediction), (prediction.dataSync()[0] ?? 0) > 1e9 ? 2 : 1),
    ],
    [
      'uses an operation that the compiler does not know',
      /^The operation Cumsum is not known to the compiler\.$/,
      (prediction) => runtime.tf.mean(runtime.tf.cumsum(prediction, 1)),
    ],
  ];
  const termOf = (term: Term): NonNullable<TrainingParts['method']['term']> => term as () => tfjs.Scalar;
  it.each(unfit)('is the eager step, with the reason, for a method that %s', (_, reason, term) => {
    const chosen = chosenWith(termOf(term));
    expect(chosen.kind).toBe('eager');
    expect(chosen.reason).toMatch(reason);
    expect(chosen.refused).toBe(true);
    // The attempt took time too.
    expect(chosen.compileSeconds).toBeGreaterThan(0);
  });

  /** A term of 0, made by an operation that XLA refuses. */
  const notForXla = termOf((prediction) =>
    runtime.tf.mul(0, runtime.tf.mean(onesOfComputedLength(runtime.tf, runtime.tf.mean(prediction)))),
  );

  it('is the graph, with the reason, if XLA refuses the step: traced once, and the attempt leaves nothing behind', () => {
    const configured = configuration('auto', { epochs: 200 });
    const open = (): { parts: TrainingParts; steps: () => number } => {
      const parts = buildParts(runtime.tf, configured, dataset);
      let steps = 0;
      const term: typeof notForXla = (...given) => {
        steps++;
        return notForXla(...given);
      };
      return { parts: { ...parts, method: { ...parts.method, term } }, steps: () => steps };
    };
    const before = runtime.tensorCount();
    const { parts, steps } = open();
    const state = Object.values(parts.state).map((variable) => variable.dataSync<'float32'>().slice());
    const chosen = chooseExecution(parts, runtime, configured);
    expect(chosen).toMatchObject({ kind: 'graph', refused: true });
    expect(chosen.reason).toMatch(/^XLA does not compile the step: .*compile-time constant.*\.$/);
    // One step to warm up, and two for each of the two sizes of a batch.
    expect(steps()).toBe(5);
    expect(chosen.compileSeconds).toBeGreaterThan(0);
    expect(Object.values(parts.state).map((variable) => variable.dataSync<'float32'>())).toEqual(state);
    chosen.steps([parts.plan.batch(parts.plan.order(1), 0)], [1e-3]);
    chosen.dispose();
    parts.dispose();
    expect(runtime.tensorCount()).toBe(before);
    const forced = open();
    expect(() =>
      chooseExecution(forced.parts, runtime, { ...configured, runtime: { ...configured.runtime, execution: 'xla' } }),
    ).toThrow(/compile-time constant/);
    forced.parts.dispose();
    expect(runtime.tensorCount()).toBe(before);
  });

  it('names the first of several operations that TensorFlow refuses', () => {
    const configured = configuration('auto', { epochs: 200 });
    const parts = buildParts(runtime.tf, configured, dataset);
    const loadSavedModel = () => {
      throw new Error(
        'Session fail to run with error: 2 root error(s) found.\n  (0) INVALID_ARGUMENT: Too long.\n\t [[{{node a}}]]\n  (1) INTERNAL: Other.',
      );
    };
    const chosen = withBinding(nativeBackend(runtime.tf), { loadSavedModel }, () =>
      chooseExecution(parts, runtime, configured),
    );
    expect(chosen.kind).toBe('eager');
    expect(chosen.reason).toBe(
      'XLA does not compile the step: Too long. TensorFlow does not accept the step as a graph: Too long.',
    );
    parts.dispose();
  });

  it.each(['eager', 'graph', 'xla'] as const)('is %s for a resumed run that used it before', (began) => {
    const configured = configuration('auto', { epochs: began === 'xla' ? 1 : 200 });
    const parts = buildParts(runtime.tf, configured, dataset);
    const chosen = chooseExecution(parts, runtime, configured, { began });
    expect(chosen).toMatchObject({ kind: began, refused: false });
    chosen.dispose();
    parts.dispose();
  });

  it('is reported before it is compiled, and when it is decided', async () => {
    const events: string[] = [];
    for (const epochs of [3, 200]) {
      const trainer = new Trainer({
        configuration: configuration('auto', { epochs }),
        dataset,
        runtime,
        hooks: {
          onCompile: () => void events.push('compiling'),
          onExecution: ({ kind, reason }) => void events.push(`${kind}: ${reason ?? ''}`),
        },
      });
      trainer.stop();
      await trainer.run();
    }
    expect(events).toEqual(['eager: For 12 steps, compiling costs more than it saves.', 'compiling', 'xla: ']);
  });

  it('gives the reason if a requested execution is not available', () => {
    const parts = buildParts(runtime.tf, configuration('xla'), dataset);
    expect(() => chooseExecution(parts, { engine: 'wasm', device: 'cpu' }, configuration('xla'))).toThrow(
      'Only the TensorFlow engine can compile. Leave the execution "xla" out.',
    );
    expect(chooseExecution(parts, { engine: 'wasm', device: 'cpu' }, configuration('auto'))).toMatchObject({
      kind: 'eager',
      reason: 'Only the TensorFlow engine can compile.',
    });
    parts.dispose();
  });
});
