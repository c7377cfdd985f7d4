import type * as tfjs from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { openEngine, type EngineRuntime } from '../tensorflow/backend.ts';
import type { MethodInstance } from './method.ts';
import { getMethod, parseMethodSettings, type MethodId } from './registry.ts';
import { contextFor } from './testing/methodContext.ts';

let runtime: EngineRuntime;
beforeAll(async () => {
  runtime = await openEngine({ engine: 'wasm' });
});

const trainRows = 5;
const outputs = 2;
const epsilon = [0.1, -0.2];

/** @param stepsPerEpoch - by default enough for a judgement in every epoch */
const create = (id: string, settings: Record<string, unknown>, stepsPerEpoch = 64): MethodInstance =>
  getMethod(id).create(
    parseMethodSettings(id, settings),
    contextFor(runtime.tf, {
      trainRows,
      outputs,
      stepsPerEpoch,
      epsilon: Float32Array.from(epsilon),
      targetDeviation: new Float32Array([1, 2]),
    }),
  );

/** Term and its derivative with respect to the predictions of a batch. */
function termOf(instance: MethodInstance, rows: number[], prediction: number[][]) {
  const { tf } = runtime;
  return tf.tidy(() => {
    const gathered = instance.gather?.(tf.tensor1d(rows, 'int32')) ?? {};
    const f = tf.valueAndGrad((p: tfjs.Tensor2D) => instance.term!(p, gathered));
    const { value, grad } = f(tf.tensor2d(prediction));
    return { value: value.dataSync()[0]!, gradient: [...grad.dataSync()] };
  });
}

function update(instance: MethodInstance, rows: number[], prediction: number[][]) {
  const { tf } = runtime;
  tf.tidy(() => {
    const batch = tf.tensor1d(rows, 'int32');
    instance.update!(tf.tensor2d(prediction), batch, instance.gather!(batch));
  });
}

const setState = (instance: MethodInstance, name: string, values: number[][]) => {
  runtime.tf.tidy(() => {
    instance.state[name]!.assign(runtime.tf.tensor2d(values));
  });
};

const relu = (x: number) => Math.max(x, 0);
const margin = 0.05;
/** epsilon + margin times the target's deviation, in float64. */
const bounds = [epsilon[0]! + margin, epsilon[1]! + 2 * margin];

/**
 * The term that each method's docstring states, in float64, for one element: prediction, bound, multiplier, slack.
 */
const terms: Record<
  MethodId,
  { settings: object; element: (p: number, b: number, lambda: number, s: number) => number } | 'none'
> = {
  none: 'none',
  'output-transform': 'none',
  'non-negative-last-layer': 'none',
  'positive-parameters': 'none',
  penalty: { settings: { alpha: 7 }, element: (p, b) => 7 * relu(b - p) ** 2 },
  'dual-ascent': { settings: {}, element: (p, b, lambda) => lambda * (b - p) },
  'augmented-lagrangian': {
    settings: { coefficient: 3 },
    element: (p, b, lambda) => (relu(lambda + 3 * (b - p)) ** 2 - lambda ** 2) / 6,
  },
  // The slack is the moved one: see movedSlack.
  'slack-lagrangian': {
    settings: { damping: 4 },
    element: (p, b, lambda, s) => lambda * (p - b - s * s) + 2 * (p - b - s * s) ** 2,
  },
};

/** The slack after it followed ds/dt = 2 s (λ + c (p - b - s²)) for the time 1, c = 4: in small Runge-Kutta steps. */
function movedSlack(p: number, b: number, lambda: number, start: number): number {
  const slope = (s: number) => 2 * s * (lambda + 4 * (p - b - s * s));
  let s = start;
  const h = 1 / 2000;
  for (let i = 0; i < 2000; i++) {
    const k1 = slope(s);
    const k2 = slope(s + (h / 2) * k1);
    const k3 = slope(s + (h / 2) * k2);
    s += (h / 6) * (k1 + 2 * k2 + 2 * k3 + slope(s + h * k3));
  }
  return s;
}

const number = fc.double({ min: -2, max: 2, noNaN: true });
const table = (rows: number, value: fc.Arbitrary<number>) =>
  fc.array(fc.tuple(value, value), { minLength: rows, maxLength: rows });

test.each(Object.entries(terms))(
  'the term of %s and its gradient are what the formula gives in float64',
  (id, term) => {
    if (term === 'none') {
      expect(create(id, {})).not.toHaveProperty('term');
      return;
    }
    const { settings, element } = term;
    const instance = create(id, { ...settings, margin });
    fc.assert(
      fc.property(
        table(3, number),
        table(trainRows, fc.double({ min: 0, max: 3, noNaN: true })),
        table(trainRows, fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 1.5, noNaN: true }))),
        fc.array(fc.nat(trainRows - 1), { minLength: 3, maxLength: 3 }),
        (prediction, multipliers, slacks, rows) => {
          if (instance.state.multipliers) setState(instance, 'multipliers', multipliers);
          if (instance.state.slacks) setState(instance, 'slacks', slacks);
          // The mean runs over rows and outputs.
          // The unshifted prediction moves the slacks; they are constant while the prediction is shifted.
          const moved = rows.map((row, i) =>
            [0, 1].map((j) => movedSlack(prediction[i]![j]!, bounds[j]!, multipliers[row]![j]!, slacks[row]![j]!)),
          );
          const objective = (p: number[][]) =>
            rows.reduce(
              (sum, row, i) =>
                sum +
                [0, 1].reduce((s, j) => s + element(p[i]![j]!, bounds[j]!, multipliers[row]![j]!, moved[i]![j]!), 0),
              0,
            ) / 6;
          const { value, gradient } = termOf(instance, rows, prediction);
          const exact = objective(prediction);
          expect(Math.abs(value - exact)).toBeLessThan(1e-4 * Math.max(1, Math.abs(exact)));
          gradient.forEach((derivative, index) => {
            const shifted = (by: number) =>
              prediction.map((row, i) => row.map((p, j) => (i * 2 + j === index ? p + by : p)));
            const difference = (objective(shifted(1e-6)) - objective(shifted(-1e-6))) / 2e-6;
            expect(Math.abs(derivative - difference)).toBeLessThan(1e-3 * Math.max(1, Math.abs(difference)));
          });
        },
      ),
      { numRuns: 40 },
    );
    instance.dispose();
  },
);

describe('a step on multipliers and slacks, compared with values worked out by hand', () => {
  const zeros = () => Array.from({ length: trainRows }, () => [0, 0]);
  const table2 = (instance: MethodInstance, name: string) => {
    const values = [...instance.state[name]!.dataSync()];
    return Array.from({ length: trainRows }, (_, row) => values.slice(row * 2, row * 2 + 2));
  };
  const expectTable = (actual: number[][], expected: number[][]) => {
    actual.flat().forEach((value, i) => {
      expect(value).toBeCloseTo(expected.flat()[i]!, 5);
    });
  };

  test('dual ascent: λ <- min([λ + η (b - p)]+, cap), only for the rows of the batch', () => {
    const instance = create('dual-ascent', { dualRate: 2, cap: 1, margin: 0 });
    setState(instance, 'multipliers', [
      [0.5, 0.5],
      [0.5, 0.5],
      [0.5, 0.5],
      [0.5, 0.5],
      [0.5, 0.5],
    ]);
    update(
      instance,
      [3, 0],
      [
        [0, 0.5],
        [-5, -0.25],
      ],
    );
    // Row 3: 0.5 + 2 (0.1 - 0) = 0.7 and [0.5 + 2 (-0.2 - 0.5)]+ = 0. Row 0: capped at 1, and 0.5 + 2 (0.05) = 0.6.
    expectTable(table2(instance, 'multipliers'), [
      [1, 0.6],
      [0.5, 0.5],
      [0.5, 0.5],
      [0.7, 0],
      [0.5, 0.5],
    ]);
    expect(instance.report()).toMatchObject({ largestMultiplier: 1 });
    instance.dispose();
  });

  test('augmented Lagrangian: λ <- [λ + r c (b - p)]+, and a row that occurs twice counts once', () => {
    const instance = create('augmented-lagrangian', { coefficient: 10, dualRate: 0.5, margin: 0 });
    update(
      instance,
      [2, 2],
      [
        [0, 0],
        [0, 0],
      ],
    );
    const expected = zeros();
    expected[2] = [0.5, 0];
    expectTable(table2(instance, 'multipliers'), expected);
    expect(instance.report()).toMatchObject({ coefficient: 10 });
    expect(instance.report().largestMultiplier).toBeCloseTo(0.5, 6);
    instance.dispose();
  });

  test('augmented Lagrangian: in epochs of fewer than 64 steps, a visit moves λ by proportionally less', () => {
    for (const [stepsPerEpoch, share] of [
      [1, 1 / 64],
      [16, 0.25],
      [63, 63 / 64],
      [64, 1],
      [1000, 1],
    ] as const) {
      const instance = create('augmented-lagrangian', { coefficient: 10, dualRate: 0.5, margin: 0 }, stepsPerEpoch);
      // c g is 10 (0.1 + 0.7) = 8.
      update(instance, [2], [[-0.7, 0]]);
      expect(table2(instance, 'multipliers')[2]![0]).toBeCloseTo(0.5 * share * 8, 5);
      // The term itself pushes with all of c: (λ + 8)² - λ² over 2 c and two outputs, which without λ is 64 / 40.
      expect(termOf(instance, [0], [[-0.7, 0]]).value).toBeCloseTo(1.6, 5);
      instance.dispose();
    }
  });

  test('slacks start at the root over the bound plus the floor and move first; then λ <- λ + η h', () => {
    const settings = { damping: 4, dualRate: 0.5, slackRate: 1, slackFloor: 0.04, margin: 0 };
    const instance = create('slack-lagrangian', settings);
    update(instance, [1], [[0.35, -0.7]]);
    // p - b is 0.25 and -0.5, so s² starts at 0.29 and 0.04.
    const expected = [movedSlack(0.35, 0.1, 0, Math.sqrt(0.29)), movedSlack(-0.7, -0.2, 0, 0.2)] as const;
    const slacks = table2(instance, 'slacks');
    expectTable([slacks[1]!], [[...expected]]);
    expect(slacks[0]).toEqual([-1, -1]);
    const multipliers = [0.5 * (0.25 - expected[0] ** 2), 0.5 * (-0.5 - expected[1] ** 2)];
    expectTable([table2(instance, 'multipliers')[1]!], [multipliers]);
    instance.dispose();
  });
});

describe('growth of coefficients', () => {
  const end = (instance: MethodInstance, lowest: number, epoch = 1) => {
    // One prediction is below its bound by `lowest`, all others are high above theirs.
    const predictions = new Float32Array(trainRows * outputs).fill(5);
    predictions[3] = epsilon[1]! - lowest;
    instance.endEpoch!({ epoch, predictions });
    return instance.report().coefficient;
  };

  test('the augmented Lagrangian doubles c where the violation did not fall to a quarter, up to the limit', () => {
    const instance = create('augmented-lagrangian', { coefficient: 100, limit: 350 });
    expect(end(instance, 1)).toBe(100); // nothing to compare with
    expect(end(instance, 0.2)).toBe(100); // fell enough
    expect(end(instance, 0.06)).toBe(200); // did not
    expect(end(instance, 0.06)).toBe(350); // the limit
    expect(end(instance, 0.06)).toBe(350);
    instance.dispose();
  });

  test('many violated outputs make a coefficient grow tenfold, from the first judgement on', () => {
    const instance = create('augmented-lagrangian', { limit: 500 });
    const share = (violated: number) => {
      const predictions = Float32Array.from({ length: 1000 * outputs }, (_, i) =>
        i < violated ? epsilon[i % outputs]! - 1 : 5,
      );
      instance.endEpoch!({ epoch: 1, predictions });
      return instance.report().coefficient;
    };
    expect([share(0), share(30), share(30), share(30)]).toEqual([1, 10, 100, 500]);
    instance.dispose();
  });

  test('a violation within the margin, or of rounding size, does not make it grow', () => {
    const instance = create('augmented-lagrangian', { coefficient: 100, margin: 0.5 });
    for (let epoch = 0; epoch < 3; epoch++) expect(end(instance, -0.3)).toBe(100);
    for (let epoch = 0; epoch < 3; epoch++) expect(end(instance, 5e-5)).toBe(100);
    instance.dispose();
  });

  test('the penalty follows its schedule', () => {
    const alphas = (schedule: string) => {
      const instance = create('penalty', { alpha: 10, growth: 3, limit: 200, schedule });
      const grown = [1, 0.9, 0.1, 0.1].map((violation) => end(instance, violation));
      instance.dispose();
      return grown;
    };
    expect(alphas('fixed')).toEqual([10, 10, 10, 10]);
    expect(alphas('growing')).toEqual([30, 90, 200, 200]);
    expect(alphas('adaptive')).toEqual([10, 30, 30, 90]);
  });

  test('in short epochs alpha grows at the first end of an epoch at least 64 steps after its last growth', () => {
    for (const stepsPerEpoch of [1, 2, 5, 10, 31, 32, 33, 63, 64, 65, 1000]) {
      const instance = create('penalty', { alpha: 1, growth: 2, limit: 1e9, schedule: 'growing' }, stepsPerEpoch);
      let [alpha, last] = [1, 0];
      for (let epoch = 1; epoch <= 200; epoch++) {
        const steps = epoch * stepsPerEpoch;
        if (steps - last >= 64) [alpha, last] = [Math.min(2 * alpha, 1e9), steps];
        expect(end(instance, 1, epoch), `epoch ${epoch} of ${stepsPerEpoch} steps`).toBe(alpha);
      }
      instance.dispose();
    }
  });

  test('in short epochs a violation is compared with that of the last judgement, not of the last epoch', () => {
    // 32 steps: judged after the epochs 2, 4, 6, ...
    const instance = create('augmented-lagrangian', { coefficient: 100 }, 32);
    const after = [1, 1, 0.5, 0.2, 0.19, 0.1, 0.001, 0.06].map((violation, i) => end(instance, violation, i + 1));
    expect(after).toEqual([100, 100, 100, 100, 100, 200, 200, 400]);
    instance.dispose();
  });

  test('a coefficient that the user set above the limit keeps its value', () => {
    const instance = create('penalty', { alpha: 10, schedule: 'growing', limit: 100 });
    instance.change!({ alpha: 500 });
    expect(end(instance, 1)).toBe(500);
    instance.dispose();
  });
});

test('changed settings take effect in the next step', () => {
  const penalty = create('penalty', { alpha: 1, margin: 0 });
  const before = termOf(penalty, [0], [[-1, 5]]).value;
  penalty.change!({ alpha: 4 });
  expect(termOf(penalty, [0], [[-1, 5]]).value / before).toBeCloseTo(4, 5);
  penalty.change!({ margin: 1 });
  // (2.1)² instead of (1.1)²; alpha keeps its value.
  expect(termOf(penalty, [0], [[-1, 5]]).value / before).toBeCloseTo((4 * 2.1 ** 2) / 1.1 ** 2, 4);
  penalty.dispose();

  const augmented = create('augmented-lagrangian', { margin: 0 });
  augmented.change!({ coefficient: 20, dualRate: 0.5 });
  update(augmented, [0], [[-0.9, 5]]);
  expect(augmented.report().largestMultiplier).toBeCloseTo(10, 4);
  augmented.dispose();

  const slack = create('slack-lagrangian', {});
  slack.change!({ damping: 3 });
  expect(slack.report().coefficient).toBe(3);
  slack.dispose();

  const dual = create('dual-ascent', { margin: 0 });
  dual.change!({ dualRate: 0.5 });
  update(dual, [0], [[-0.9, 5]]);
  expect(dual.report().largestMultiplier).toBeCloseTo(0.5, 5);
  dual.dispose();
});
