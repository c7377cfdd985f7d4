import type * as tfjs from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { openEngine, type EngineRuntime } from './backend.ts';
import { hasTensorflow, testEngines, testDeviceOf } from './testEngines.ts';

type Unary = [
  operation: (tf: typeof tfjs, x: tfjs.Tensor) => tfjs.Tensor,
  value: (x: number) => number,
  slope: (x: number) => number,
];

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const normalDensity = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
/** Maclaurin series of the error function; exact to double precision for the |x| used here. */
const erf = (x: number) => {
  let sum = 0;
  for (let n = 0, term = x; n < 80; n += 1, term *= (-x * x) / n) sum += term / (2 * n + 1);
  return (2 / Math.sqrt(Math.PI)) * sum;
};

/** Every element-wise operation that training a network uses, with its closed form and derivative in float64. */
const unary: Record<string, Unary> = {
  relu: [(tf, x) => tf.relu(x), (x) => Math.max(x, 0), (x) => (x > 0 ? 1 : 0)],
  leakyRelu: [(tf, x) => tf.leakyRelu(x, 0.01), (x) => (x > 0 ? x : 0.01 * x), (x) => (x > 0 ? 1 : 0.01)],
  elu: [(tf, x) => tf.elu(x), (x) => (x > 0 ? x : Math.expm1(x)), (x) => (x > 0 ? 1 : Math.exp(x))],
  tanh: [(tf, x) => tf.tanh(x), Math.tanh, (x) => 1 - Math.tanh(x) ** 2],
  sigmoid: [(tf, x) => tf.sigmoid(x), sigmoid, (x) => sigmoid(x) * (1 - sigmoid(x))],
  softplus: [(tf, x) => tf.softplus(x), (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), sigmoid],
  gelu: [
    (tf, x) => tf.mul(tf.mul(x, 0.5), tf.add(1, tf.erf(tf.div(x, Math.SQRT2)))),
    (x) => 0.5 * x * (1 + erf(x / Math.SQRT2)),
    (x) => 0.5 * (1 + erf(x / Math.SQRT2)) + x * normalDensity(x),
  ],
  exp: [(tf, x) => tf.exp(x), Math.exp, Math.exp],
  log: [(tf, x) => tf.log(tf.add(tf.square(x), 1)), (x) => Math.log(x * x + 1), (x) => (2 * x) / (x * x + 1)],
  square: [(tf, x) => tf.square(x), (x) => x * x, (x) => 2 * x],
  sqrt: [(tf, x) => tf.sqrt(tf.add(tf.square(x), 1)), (x) => Math.hypot(x, 1), (x) => x / Math.hypot(x, 1)],
  abs: [(tf, x) => tf.abs(x), Math.abs, Math.sign],
  neg: [(tf, x) => tf.neg(x), (x) => -x, () => -1],
  maximum: [(tf, x) => tf.maximum(x, 0.25), (x) => Math.max(x, 0.25), (x) => (x > 0.25 ? 1 : 0)],
  minimum: [(tf, x) => tf.minimum(x, 0.25), (x) => Math.min(x, 0.25), (x) => (x < 0.25 ? 1 : 0)],
  where: [
    // tfjs has no gradient for comparisons, so the condition is made of plain values.
    (tf, x) =>
      tf.where(
        tf.tensor(
          Array.from(x.dataSync(), (v) => v > 0.25),
          x.shape,
          'bool',
        ),
        tf.mul(x, 3),
        tf.neg(x),
      ),
    (x) => (x > 0.25 ? 3 * x : -x),
    (x) => (x > 0.25 ? 3 : -1),
  ],
  clipByValue: [
    (tf, x) => tf.clipByValue(x, -1, 1),
    (x) => Math.min(1, Math.max(-1, x)),
    (x) => (Math.abs(x) <= 1 ? 1 : 0),
  ],
  divide: [(tf, x) => tf.div(1, tf.add(tf.square(x), 1)), (x) => 1 / (x * x + 1), (x) => (-2 * x) / (x * x + 1) ** 2],
  squaredDifference: [(tf, x) => tf.squaredDifference(x, 0.5), (x) => (x - 0.5) ** 2, (x) => 2 * (x - 0.5)],
};

/** The largest error in units of float32's last place near `expected`, roughly. */
const expectClose = (actual: ArrayLike<number>, expected: readonly number[], tolerance = 2e-6) => {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, index) => {
    expect(
      Math.abs(actual[index]! - value),
      `element ${index}: ${actual[index]!} instead of ${value}`,
    ).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(value)));
  });
};

const matrix = (rows: number, columns: number) =>
  fc.array(fc.array(fc.float({ min: -4, max: 4, noNaN: true }), { minLength: columns, maxLength: columns }), {
    minLength: rows,
    maxLength: rows,
  });

const sizes = fc.record({
  n: fc.integer({ min: 1, max: 9 }),
  k: fc.integer({ min: 1, max: 60 }),
  m: fc.integer({ min: 1, max: 9 }),
});

describe.each(testEngines)('%s', (engine) => {
  let runtime: EngineRuntime;
  let tf: typeof tfjs;
  beforeAll(async () => {
    runtime = await openEngine({ engine, device: testDeviceOf(engine) });
    tf = runtime.tf;
  });

  test.each(Object.entries(unary))('%s and its gradient have their closed form', (_, [operation, value, slope]) => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -4, max: 4, noNaN: true }).map(Math.fround), { minLength: 1, maxLength: 40 }),
        (numbers) => {
          // At a kink the slope of either side would do; TensorFlow treats denormal numbers as zero.
          const xs = numbers.filter((x) => Math.abs(x) > 1e-37 && x !== 0.25 && Math.abs(x) !== 1);
          fc.pre(xs.length > 0);
          tf.tidy(() => {
            const x = tf.tensor1d(xs);
            expectClose(operation(tf, x).dataSync(), xs.map(value));
            const gradient = tf.grad((input) => tf.sum(operation(tf, input)))(x);
            expectClose(gradient.dataSync(), xs.map(slope), 5e-6);
          });
        },
      ),
      { numRuns: 20 },
    );
  });

  test('a matrix product and both its gradients agree with sums in float64, for every transposition', () => {
    const cases = sizes.chain(({ n, k, m }) =>
      fc.tuple(matrix(n, k), matrix(k, m), matrix(n, m), fc.boolean(), fc.boolean()),
    );
    fc.assert(
      fc.property(cases, ([a, b, weight, transposeA, transposeB]) => {
        const flip = (x: number[][]) => x[0]!.map((_, j) => x.map((row) => row[j]!));
        const multiply = (x: number[][], y: number[][]) =>
          x.map((row) => flip(y).map((column) => row.reduce((sum, v, i) => sum + v * column[i]!, 0)));
        tf.tidy(() => {
          const left = tf.tensor2d(transposeA ? flip(a) : a);
          const right = tf.tensor2d(transposeB ? flip(b) : b);
          const product = (x: tfjs.Tensor, y: tfjs.Tensor) => tf.matMul(x, y, transposeA, transposeB);
          expectClose(product(left, right).dataSync(), multiply(a, b).flat(), 2e-5);
          const [da, db] = tf.grads((x: tfjs.Tensor, y: tfjs.Tensor) =>
            tf.sum(tf.mul(product(x, y), tf.tensor2d(weight))),
          )([left, right]);
          const wantedA = multiply(weight, flip(b));
          const wantedB = multiply(flip(a), weight);
          expectClose(da!.dataSync(), (transposeA ? flip(wantedA) : wantedA).flat(), 2e-5);
          expectClose(db!.dataSync(), (transposeB ? flip(wantedB) : wantedB).flat(), 2e-5);
        });
      }),
      { numRuns: 40 },
    );
  });

  test('a matrix product keeps all 24 binary digits of its factors', () => {
    tf.tidy(() => {
      // A card would round these to 1 (TF32) by default.
      const values = Float32Array.from({ length: 64 * 64 }, (_, i) => 1 + (i % 61) * 2 ** -20);
      const product = tf.matMul(tf.tensor2d(values, [64, 64]), tf.eye(64));
      expect(product.dataSync()).toEqual(values);
    });
  });

  test('gather takes rows, also several times, and its gradient adds up what each row received', () => {
    const cases = fc
      .integer({ min: 1, max: 8 })
      .chain((rows) => fc.tuple(matrix(rows, 3), fc.array(fc.nat(rows - 1), { minLength: 1, maxLength: 12 })));
    fc.assert(
      fc.property(cases, ([x, indices]) => {
        tf.tidy(() => {
          const gather = (input: tfjs.Tensor) => tf.gather(input, tf.tensor1d(indices, 'int32'));
          expect([...gather(tf.tensor2d(x)).dataSync()]).toEqual(indices.flatMap((index) => x[index]!));
          // Row i of the result is weighted by i + 1.
          const weights = tf.tensor2d(indices.map((_, i) => [i + 1]));
          const gradient = tf.grad((input) => tf.sum(tf.mul(gather(input), weights)))(tf.tensor2d(x));
          const wanted = x.flatMap((row, index) =>
            row.map(() => indices.reduce((sum, taken, i) => sum + (taken === index ? i + 1 : 0), 0)),
          );
          expect([...gradient.dataSync()]).toEqual(wanted);
        });
      }),
      { numRuns: 30 },
    );
  });

  test('gather works along the last axis and on whole numbers', () => {
    tf.tidy(() => {
      const x = tf.tensor2d(
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
        [2, 3],
        'int32',
      );
      const taken = tf.gather(x, tf.tensor1d([2, 0], 'int32'), 1);
      expect(taken.arraySync()).toEqual([
        [3, 1],
        [6, 4],
      ]);
      expect(taken.dtype).toBe('int32');
    });
  });

  test('tensorScatterUpdate replaces the named rows and leaves the others', () => {
    tf.tidy(() => {
      const x = tf.tensor2d([
        [1, 2],
        [3, 4],
        [5, 6],
        [7, 8],
      ]);
      const updated = tf.tensorScatterUpdate(
        x,
        tf.tensor2d([[3], [1]], [2, 1], 'int32'),
        tf.tensor2d([
          [-1, -2],
          [-3, -4],
        ]),
      );
      expect(updated.arraySync()).toEqual([
        [1, 2],
        [-3, -4],
        [5, 6],
        [-1, -2],
      ]);
    });
  });

  test('reductions, broadcasts and joins have the gradients of their sums', () => {
    tf.tidy(() => {
      const x = tf.tensor2d([
        [1, -2],
        [3, 4],
        [-5, 6],
      ]);
      const at = (f: (x: tfjs.Tensor) => tfjs.Tensor) => {
        const gradient = tf.grad((input) => tf.sum(f(input)))(x);
        return [...gradient.dataSync()];
      };
      expectClose(
        at((v) => tf.square(tf.mean(v, 0))),
        [0, 1, 2].flatMap(() => [(2 * (-1 / 3)) / 3, (2 * (8 / 3)) / 3]),
      );
      expectClose(
        at((v) => tf.square(tf.sum(v, 1))),
        [-1, -1, 7, 7, 1, 1].map((sum) => 2 * sum),
      );
      expectClose(
        at((v) => tf.square(tf.add(v, tf.tensor1d([10, 20])))),
        [22, 36, 26, 48, 10, 52],
      );
      expectClose(
        at((v) => tf.square(tf.concat([v, tf.mul(v, 2)], 1))),
        [10, -20, 30, 40, -50, 60],
      );
      expectClose(
        at((v) => tf.square(tf.slice(v, [1, 0], [2, 1]))),
        [0, 0, 6, 0, -10, 0],
      );
      expectClose(
        at((v) => tf.square(tf.stack([v, v]))),
        [4, -8, 12, 16, -20, 24],
      );
      // The gradient of a broadcast operand is summed over the rows it was added to.
      const bias = tf.grad((b) => tf.sum(tf.square(tf.add(x, b))))(tf.tensor1d([10, 20]));
      expectClose(bias.dataSync(), [58, 136]);
    });
  });

  test.each(['sgd', 'momentum', 'rmsprop', 'adam'] as const)(
    'training with %s lowers the loss, leaks no tensor and repeats bit for bit',
    (name) => {
      const train = () => {
        const optimizer = {
          sgd: () => tf.train.sgd(0.05),
          momentum: () => tf.train.momentum(0.02, 0.9),
          rmsprop: () => tf.train.rmsprop(0.01),
          adam: () => tf.train.adam(0.01),
        }[name]();
        const x = tf.randomUniform([64, 5], -1, 1, 'float32', 3);
        const y = tf.tidy(() => tf.sum(tf.square(x), 1, true));
        const weights = [
          [5, 16],
          [16, 1],
        ].map((shape, i) => tf.tidy(() => tf.variable(tf.randomNormal(shape, 0, 0.5, 'float32', i + 1))));
        const loss = () =>
          tf.losses.meanSquaredError(y, tf.matMul(tf.relu(tf.matMul(x, weights[0]!)), weights[1]!)).asScalar();
        const step = () => tf.tidy(() => optimizer.minimize(loss, true, weights)!.dataSync()[0]!);
        const first = step();
        for (let i = 2; i < 10; i += 1) step();
        const atTen = runtime.tensorCount();
        let last = 0;
        for (let i = 10; i < 150; i += 1) last = step();
        const leaked = runtime.tensorCount() - atTen;
        const trained = weights.flatMap((weight) => [...weight.dataSync()]);
        tf.dispose([x, y, ...weights]);
        optimizer.dispose();
        return { first, last, leaked, trained };
      };
      const run = train();
      expect(run.last).toBeLessThan(run.first / 4);
      expect(run.leaked).toBe(0);
      expect(train().trained).toEqual(run.trained);
    },
  );
});

test.skipIf(!hasTensorflow)('both engines train to the same weights up to rounding', async () => {
  const train = async (engine: 'tensorflow' | 'wasm') => {
    const { tf } = await openEngine({ engine, device: testDeviceOf(engine) });
    // tanh has no kink at which a rounding error could turn into another gradient.
    const weights = [
      [4, 8],
      [8, 2],
    ].map((shape, i) => tf.tidy(() => tf.variable(tf.randomNormal(shape, 0, 0.5, 'float32', i + 1))));
    const x = tf.randomUniform([32, 4], -1, 1, 'float32', 3);
    const optimizer = tf.train.adam(0.01);
    for (let i = 0; i < 50; i += 1) {
      tf.tidy(() => {
        const outputs = () => tf.matMul(tf.tanh(tf.matMul(x, weights[0]!)), weights[1]!);
        optimizer.minimize(() => tf.mean(tf.square(tf.sub(outputs(), 0.7))), false, weights);
      });
    }
    return weights.flatMap((weight) => [...weight.dataSync()]);
  };
  const native = await train('tensorflow');
  expectClose(await train('wasm'), native, 1e-4);
});
