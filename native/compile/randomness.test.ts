import type * as tfjs from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openEngine, type EngineRuntime } from '../tensorflow/backend.ts';
import { nativeBackend, type OperationAttribute, type TensorMetadata } from '../tensorflow/nativeBackend.ts';
import { hasTensorflow, testDevice } from '../tensorflow/testEngines.ts';
import { CompiledRun, type CompiledKind } from './compiledRun.ts';
import { DataType } from './graphDef.ts';
import { drawsRandomly } from './tape.ts';
import { traceRun, type CompilableRun } from './traceRun.ts';

let runtime: EngineRuntime;

/** A step that adds the result of `draw` for the current step counter to a sum. */
function sumOf(draw: (counter: tfjs.Tensor) => tfjs.Tensor): { run: CompilableRun; sum: tfjs.Variable } {
  const { tf } = runtime;
  const [sum, counter, data] = tf.tidy(() => [
    tf.variable(tf.scalar(0)),
    tf.variable(tf.scalar(0)),
    tf.keep(tf.zeros<tfjs.Rank.R2>([4, 1])),
  ]);
  kept.push(sum, counter, data);
  const run: CompilableRun = {
    tf,
    backend: nativeBackend(tf),
    state: [sum, counter],
    trainingData: [data],
    rows: 4,
    step: (rows) =>
      tf.tidy(() => {
        sum.assign(tf.add(sum, tf.sum(draw(counter))));
        counter.assign(tf.add(counter, 1));
        return tf.add<tfjs.Scalar>(sum, tf.sum(tf.gather(data, rows)));
      }),
    predict: (batch) => tf.add(batch, sum),
    batchSizes: [2],
    splits: { train: data },
    chunkRows: 4,
  };
  return { run, sum };
}
const kept: tfjs.Tensor[] = [];
afterEach(() => {
  for (const tensor of kept.splice(0)) tensor.dispose();
});

/**
 * One number between 0 and 1 that depends only on the counter. tfjs has no such operation and no unsigned integers, so
 * this calls the native ones: Philox (algorithm 1) with the key [7, counter].
 */
function stateless(counter: tfjs.Tensor): tfjs.Tensor {
  const { tf } = runtime;
  const backend = nativeBackend(tf);
  const { binding } = backend;
  const uint64 = 23;
  const type = (name: string, value: number) => ({ name, type: binding.TF_ATTR_TYPE, value });
  const run = (name: string, attributes: OperationAttribute[], inputs: number[]): TensorMetadata =>
    binding.executeOp(name, attributes, inputs, 1)[0]!;
  const unsigned = (tensor: tfjs.Tensor): number =>
    run('Bitcast', [type('T', DataType.int32), type('type', uint64)], backend.getInputTensorIds([tensor])).id;
  const key = unsigned(tf.stack([tf.scalar(7, 'int32'), tf.cast(counter, 'int32')]).reshape([1, 2]));
  const position = unsigned(tf.zeros([2, 2], 'int32'));
  const [shape = 0, algorithm = 0] = backend.getInputTensorIds([tf.tensor1d([1], 'int32'), tf.scalar(1, 'int32')]);
  const drawn = run(
    'StatelessRandomUniformV2',
    [type('dtype', DataType.float), type('Tshape', DataType.int32)],
    [shape, key, position, algorithm],
  );
  for (const id of [key, position]) binding.deleteTensor(id);
  return backend.createOutputTensor(drawn);
}

describe.skipIf(!hasTensorflow)('random numbers in a step', () => {
  beforeAll(async () => {
    runtime = await openEngine({ engine: 'tensorflow', device: testDevice });
  });

  it.each<[string, RegExp, () => tfjs.Tensor]>([
    [
      'by an operation with a state of its own, even with a fixed seed',
      /draws random numbers with Multinomial, .* A stateless operation whose seed/,
      () => runtime.tf.cast(runtime.tf.multinomial(runtime.tf.tensor1d([0, 0, 0]), 1, 5), 'float32'),
    ],
    [
      'in JavaScript, by tfjs',
      /not the same on every batch: .* a constant of shape \[3\] .*\(a random number drawn in JavaScript/,
      () => runtime.tf.randomNormal([3]),
    ],
    [
      'in JavaScript, for a dropout',
      /not the same on every batch: .*\(a random number drawn in JavaScript/,
      () => runtime.tf.dropout(runtime.tf.ones([50]), 0.5),
    ],
  ])('are refused, with the reason, when drawn %s', (_, reason, draw) => {
    expect(() => new CompiledRun(traceRun(sumOf(draw).run), 'xla')).toThrow(reason);
  });

  /** Running sums of 20 numbers drawn in a compiled run. */
  function compiledSums(execution: CompiledKind): number[] {
    const compiled = new CompiledRun(traceRun(sumOf(stateless).run), execution);
    const batches = Array.from({ length: 20 }, () => Int32Array.of(0, 1));
    // In two calls: the counter, which is state, continues from the first to the second.
    const sums = [batches.slice(0, 7), batches.slice(7)].flatMap((some) => [
      ...compiled.steps(
        some,
        some.map(() => 1),
      ),
    ]);
    compiled.dispose();
    return sums;
  }

  it('come from a stateless operation and a step counter: without XLA the same as step by step', () => {
    const { tf } = runtime;
    const { run } = sumOf(stateless);
    const rows = tf.tensor1d([0, 1], 'int32');
    const sums = Array.from({ length: 20 }, () => tf.tidy(() => run.step(rows, tf.scalar(1), rows).dataSync()[0]));
    expect(compiledSums('graph')).toEqual(sums);
  });

  it('come from a stateless operation and a step counter: with XLA different numbers, equal in every run', () => {
    const sums = compiledSums('xla');
    expect(compiledSums('xla')).toEqual(sums);
    expect(new Set(sums.map((sum, i) => (sum - (sums[i - 1] ?? 0)).toFixed(4))).size).toBeGreaterThan(15);
  });

  it('are recognised by the names of the operations', () => {
    for (const name of ['RandomUniform', 'RandomStandardNormal', 'TruncatedNormal', 'Multinomial', 'RandomShuffle']) {
      expect(drawsRandomly(name), name).toBe(true);
    }
    for (const name of ['StatelessRandomUniform', 'StatelessTruncatedNormal', 'StatelessMultinomial', 'Add']) {
      expect(drawsRandomly(name), name).toBe(false);
    }
  });
});
