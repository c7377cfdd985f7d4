import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { lossSchema, trainingSettingsSchema, type Loss } from '../contract/configuration.ts';
import { OrthantError } from '../contract/errors.ts';
import type { MethodPromise } from '../contract/methodDescriptor.ts';
import { openEngine, type EngineRuntime } from '../tensorflow/backend.ts';
import { exampleConfiguration } from './testing/example.ts';
import { checkLoss, checkLossTargets, lossOf, lossTensor, meanLoss } from './losses.ts';

let tf: EngineRuntime['tf'];
beforeAll(async () => {
  ({ tf } = await openEngine({ engine: 'wasm' }));
});

/** Worked out by hand for prediction 2 and target 0.5, and for prediction 0.5 and target 1. */
const byHand: Record<Loss, [number, number]> = {
  'squared-error': [2.25, 0.25],
  absolute: [1.5, 0.5],
  huber: [1, 0.125],
  poisson: [2 - 0.5 * Math.LN2, 0.5 + Math.LN2],
  gamma: [0.25 + Math.LN2, 2 - Math.LN2],
  // Power 1.5: 2 sqrt p + 2 y / sqrt p.
  tweedie: [2.5 * Math.SQRT2, 3 * Math.SQRT2],
};
const defaults = trainingSettingsSchema.parse({});
const functionOf = (loss: Loss, tweediePower = defaults.tweediePower) => lossOf({ loss, tweediePower });

describe.each(lossSchema.options)('the %s loss', (loss) => {
  it('equals the value worked out by hand, as a mean over rows and outputs', () => {
    const [first, second] = byHand[loss];
    expect(meanLoss(functionOf(loss), Float32Array.of(2), Float32Array.of(0.5))).toBeCloseTo(first, 12);
    expect(meanLoss(functionOf(loss), Float32Array.of(2, 0.5), Float32Array.of(0.5, 1))).toBeCloseTo(
      (first + second) / 2,
      12,
    );
  });

  const pairs = fc.array(
    fc.tuple(fc.double({ min: 0.05, max: 5, noNaN: true }), fc.double({ min: 0.05, max: 5, noNaN: true })),
    {
      minLength: 2,
      maxLength: 8,
    },
  );

  it('agrees with its tensor form, and its gradient with finite differences', () => {
    fc.assert(
      fc.property(pairs, (values) => {
        const rows = values.filter(([p, y]) => Math.abs(Math.abs(p - y) - 1) > 0.01 && Math.abs(p - y) > 0.01);
        fc.pre(rows.length > 0);
        const predictions = Float32Array.from(rows, ([p]) => p);
        const targets = Float32Array.from(rows, ([, y]) => y);
        const target = tf.tensor2d(targets, [rows.length, 1]);
        const prediction = tf.tensor2d(predictions, [rows.length, 1]);
        const { value, grad } = tf.valueAndGrad((p: typeof prediction) => lossTensor(tf, functionOf(loss), p, target))(
          prediction,
        );
        expect(value.dataSync()[0]).toBeCloseTo(meanLoss(functionOf(loss), predictions, targets), 4);
        const gradient = grad.dataSync();
        rows.forEach((_, i) => {
          const shifted = (by: number): number => {
            const all = Float64Array.from(predictions);
            all[i] = (all[i] ?? 0) + by;
            return meanLoss(functionOf(loss), all as unknown as Float32Array, targets);
          };
          const slope = (shifted(1e-4) - shifted(-1e-4)) / 2e-4;
          expect(Math.abs((gradient[i] ?? NaN) - slope)).toBeLessThan(1e-3 * Math.max(1, Math.abs(slope)));
        });
        tf.dispose([target, prediction, value, grad]);
      }),
      { numRuns: 30 },
    );
  });
});

/**
 * Made with scikit-learn 1.9.1:
 *
 *     from sklearn.metrics import mean_tweedie_deviance
 *     for power in (1.1, 1.5, 1.9):
 *         print(mean_tweedie_deviance([0, 0.5, 1, 3], [0.25, 2, 0.5, 2.5], power=power))
 */
it.each([
  [1.1, 0.6740000823975802],
  [1.5, 0.9892775452003794],
  [1.9, 4.833019310251554],
])('the tweedie loss of power %d is half of scikit-learn’s mean deviance, without its constant', (power, deviance) => {
  const targets = Float32Array.of(0, 0.5, 1, 3);
  const loss = meanLoss(functionOf('tweedie', power), Float32Array.of(0.25, 2, 0.5, 2.5), targets);
  const constants = Array.from(targets, (y) => y ** (2 - power) / ((1 - power) * (2 - power)));
  const constant = constants.reduce((sum, value) => sum + value, 0) / targets.length;
  expect(2 * (loss + constant)).toBeCloseTo(deviance, 12);
});

it('the tweedie loss and its gradient are finite for tiny and huge predictions', () => {
  const predictions = tf.tensor2d(Float32Array.of(1e-18, 1e-6, 1, 1e6, 1e18), [5, 1]);
  for (const power of [1.01, 1.5, 1.99]) {
    const { value, grad } = tf.valueAndGrad((p: typeof predictions) =>
      functionOf('tweedie', power).tensor(tf, p, tf.onesLike(p)),
    )(predictions);
    expect([...value.dataSync(), ...grad.dataSync()].every(Number.isFinite), String(power)).toBe(true);
    tf.dispose([value, grad]);
  }
  predictions.dispose();
});

/** The error that a check throws; undefined if it throws none. */
function refusal(work: () => void): OrthantError | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof OrthantError) return error;
    throw error;
  }
}

describe('checkLoss', () => {
  const check = (loss: Loss, promise: MethodPromise, epsilon: number | Record<string, number>) =>
    refusal(() => {
      const constraint = { epsilon, method: { id: 'none' } };
      checkLoss(exampleConfiguration({ training: { loss }, constraint }), { title: 'Some method', promise });
    });

  it('needs a method that keeps predictions positive and a bound above 0, only for a logarithm', () => {
    for (const loss of lossSchema.options) {
      const needs = loss === 'poisson' || loss === 'gamma' || loss === 'tweedie';
      expect(check(loss, 'for-every-input', 0.01)?.field, loss).toBeUndefined();
      for (const promise of ['none', 'encourages', 'at-convergence'] as const) {
        expect(check(loss, promise, 0.01)?.field, `${loss}, ${promise}`).toBe(needs ? 'training.loss' : undefined);
      }
      for (const epsilon of [-5, 0, { a: 1, b: 0 }, {}]) {
        const { field } = check(loss, 'for-every-input', epsilon) ?? {};
        expect(field, `${loss}, ${JSON.stringify(epsilon)}`).toBe(needs ? 'constraint.epsilon' : undefined);
      }
    }
    expect(check('gamma', 'none', 0.01)).toMatchObject({ code: 'configuration' });
    expect(check('gamma', 'none', 0.01)?.message).toContain('Some method');
    // The options that fix it: no more than are needed.
    expect(check('tweedie', 'none', 0)?.message).toContain('(--method non-negative-last-layer --epsilon 0.001)');
    expect(check('tweedie', 'none', 0.01)?.message).toContain('(--method non-negative-last-layer)');
    expect(check('tweedie', 'for-every-input', 0)?.message).toContain('--epsilon 0.001');
  });
});

it('a target that a loss is not defined for is refused by name, with the number of its rows', () => {
  const targets = Float32Array.of(1, 0, 1, -1);
  const messageOf = (loss: Loss, values = targets) =>
    refusal(() => {
      checkLossTargets(loss, values, ['a', 'b']);
    })?.message;
  expect(messageOf('squared-error')).toBeUndefined();
  expect(messageOf('poisson', targets.subarray(0, 2))).toBeUndefined();
  expect(messageOf('poisson')).toContain('"b" has 1 training rows');
  expect(messageOf('gamma')).toContain('"b" has 2 training rows');
  expect(messageOf('tweedie', targets.subarray(0, 2))).toBeUndefined();
  expect(messageOf('tweedie')).toContain('"b" has 1 training rows');
});
