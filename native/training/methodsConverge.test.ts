import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openEngine, type EngineRuntime } from '../tensorflow/backend.ts';
import { linearLayer, smallRun, type SmallProblem, type SmallRun } from './testing/smallRun.ts';

let runtime: EngineRuntime;
let run: SmallRun | undefined;
beforeAll(async () => {
  runtime = await openEngine({ engine: 'wasm' });
});
afterEach(() => {
  run?.dispose();
  run = undefined;
});

/** Solves a square linear system by Gaussian elimination; undefined where it is singular. */
function solve(matrix: number[][], right: number[]): number[] | undefined {
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  for (let column = 0; column < rows.length; column++) {
    const pivot = rows.slice(column).reduce((a, b) => (Math.abs(b[column]!) > Math.abs(a[column]!) ? b : a));
    if (Math.abs(pivot[column]!) < 1e-12) return undefined;
    rows.splice(rows.indexOf(pivot), 1, rows[column]!);
    rows[column] = pivot;
    rows.forEach((row, i) => {
      if (row === pivot) return;
      const factor = row[column]! / pivot[column]!;
      rows[i] = row.map((value, j) => value - factor * pivot[j]!);
    });
  }
  return rows.map((row, i) => row.at(-1)! / row[i]!);
}

interface Optimum {
  weights: number[];
  /** One for each row, for a loss and a Lagrangian that are means over rows. */
  multipliers: number[];
}

/**
 * The exact solution of: minimise mean((X w - y)²) subject to X w >= bound, in float64: tries every set of active rows
 * and returns the one that satisfies the Karush-Kuhn-Tucker conditions. Shares no code with the methods.
 */
function exactOptimum(x: number[][], y: number[], bound: number): Optimum {
  const size = x[0]!.length;
  const dot = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  for (let subset = 0; subset < 2 ** x.length; subset++) {
    const active = x.map((_, row) => row).filter((row) => (subset >> row) & 1);
    if (active.length > size) continue;
    // (2/n) Xᵀ(X w - y) - (1/n) Xᵀ λ = 0 and X_A w = bound.
    const matrix = [
      ...Array.from({ length: size }, (_, i) => [
        ...Array.from({ length: size }, (_, j) => 2 * x.reduce((sum, row) => sum + row[i]! * row[j]!, 0)),
        ...active.map((row) => -x[row]![i]!),
      ]),
      ...active.map((row) => [...x[row]!, ...active.map(() => 0)]),
    ];
    const right = [
      ...Array.from({ length: size }, (_, i) => 2 * x.reduce((sum, row, r) => sum + row[i]! * y[r]!, 0)),
      ...active.map(() => bound),
    ];
    const solution = solve(matrix, right);
    if (solution === undefined) continue;
    const weights = solution.slice(0, size);
    const prices = solution.slice(size);
    if (prices.some((price) => price < -1e-9) || x.some((row) => dot(row, weights) < bound - 1e-9)) continue;
    const multipliers = x.map((_, row) => (active.includes(row) ? prices[active.indexOf(row)]! : 0));
    return { weights, multipliers };
  }
  throw new Error('no set of active rows fits');
}

// A convex curve of positive targets: the unconstrained line is below zero for the leftmost rows.
const positions = [-1, -0.6, -0.2, 0.2, 0.6, 1];
const inputs = positions.map((x) => [x, 1]);
const targets = positions.map((x) => [Math.exp(2 * x) / 3]);
const exact = (bound: number) => exactOptimum(inputs, targets.flat(), bound);

const problem = (method: string, settings: Record<string, unknown>): SmallProblem => ({
  tf: runtime.tf,
  inputs,
  targets,
  layers: [linearLayer([0, 0])],
  method,
  settings,
});

const weightsOf = ({ layers }: SmallRun) => [...layers[0]!.kernel.dataSync()];
const lowest = (predictions: Float32Array) => Math.min(...predictions);

describe('a convex problem whose exact solution is known', () => {
  test('the problem needs a constraint: without one some rows are negative', () => {
    expect(exact(-10).multipliers.every((price) => price === 0)).toBe(true);
    expect(exact(0).multipliers.filter((price) => price > 0).length).toBeGreaterThan(0);
    run = smallRun(problem('none', {}));
    for (let i = 0; i < 60; i++) run.step(0.4);
    weightsOf(run).forEach((weight, i) => {
      expect(weight).toBeCloseTo(exact(-10).weights[i]!, 4);
    });
    expect(lowest(run.predictions())).toBeLessThan(-0.1);
  });

  test.each([
    ['augmented-lagrangian', { coefficient: 10, margin: 0 }, 0.15, 300],
    ['augmented-lagrangian', { coefficient: 10, margin: 0, dualRate: 0.1 }, 0.15, 300],
    ['dual-ascent', { dualRate: 0.3, margin: 0 }, 0.3, 400],
    ['slack-lagrangian', { damping: 10, dualRate: 1, margin: 0 }, 0.15, 300],
    ['slack-lagrangian', { damping: 10, dualRate: 1, margin: 0, slackStart: 'one' }, 0.15, 300],
  ] as const)('%s %o finds the optimum and its multipliers', (method, settings, rate, steps) => {
    run = smallRun(problem(method, settings));
    for (let i = 0; i < steps; i++) run.step(rate);
    const { weights, multipliers } = exact(0);
    weightsOf(run).forEach((weight, i) => {
      expect(weight).toBeCloseTo(weights[i]!, 3);
    });
    // The slack method's multipliers belong to the equality p - s² = 0, so their sign is the opposite.
    const sign = method === 'slack-lagrangian' ? -1 : 1;
    [...run.instance.state.multipliers!.dataSync()].forEach((multiplier, row) => {
      expect(sign * multiplier).toBeCloseTo(multipliers[row]!, 2);
    });
    expect(lowest(run.predictions())).toBeGreaterThan(-1e-3);
    expect(run.instance.report().largestMultiplier).toBeCloseTo(Math.max(...multipliers), 2);
  });

  test('the penalty leaves violations of about λ* / (2 α)', () => {
    const alpha = 50;
    run = smallRun(problem('penalty', { alpha, schedule: 'fixed', margin: 0 }));
    for (let i = 0; i < 300; i++) run.step(0.05);
    const { multipliers } = exact(0);
    const row = multipliers.findIndex((price) => price > 0);
    const expected = -multipliers[row]! / (2 * alpha);
    expect(run.predictions()[row]! / expected).toBeGreaterThan(0.9);
    expect(run.predictions()[row]! / expected).toBeLessThan(1.1);
  });

  test.each(['augmented-lagrangian', 'dual-ascent', 'slack-lagrangian', 'penalty'])(
    '%s keeps the margin above the bound',
    (method) => {
      const rate = { 'dual-ascent': 0.3, penalty: 0.025 }[method] ?? 0.15;
      const settings = { 'dual-ascent': { dualRate: 0.3 }, penalty: { alpha: 100, schedule: 'fixed' } }[method] ?? {};
      run = smallRun({ ...problem(method, { ...settings, margin: 0.05 }), epsilon: [0.1] });
      if (method === 'augmented-lagrangian') run.instance.change!({ coefficient: 10 });
      for (let i = 0; i < 400; i++) run.step(rate);
      const slack = method === 'penalty' ? exact(0.15).multipliers.reduce((a, b) => Math.max(a, b)) / 200 : 0;
      expect(lowest(run.predictions())).toBeCloseTo(0.15 - slack, 2);
      expect(lowest(run.predictions())).toBeGreaterThan(0.1);
    },
  );
});

describe('a slack at zero', () => {
  // Minimise (x - 1)² subject to x >= 0: the bound is not active, the optimum is x = 1.
  const toy = (settings: Record<string, unknown>): SmallProblem => ({
    tf: runtime.tf,
    inputs: [[1]],
    targets: [[1]],
    layers: [linearLayer([-0.5])],
    method: 'slack-lagrangian',
    settings: { margin: 0, damping: 10, dualRate: 1, ...settings },
  });

  test('stalls at the wrong stationary point if slacks start at zero and are not reset', () => {
    run = smallRun(toy({ slackFloor: 0, resetDeadSlacks: false }));
    for (let i = 0; i < 150; i++) run.step(0.15);
    run.endEpoch();
    // x is frozen at the equality x = 0, with a multiplier that pulls down, which an inequality cannot have.
    expect(run.predictions()[0]).toBeCloseTo(0, 3);
    expect(run.instance.state.multipliers!.dataSync()[0]).toBeCloseTo(2, 2);
    expect(run.instance.state.slacks!.dataSync()[0]).toBe(0);
    expect(run.instance.report().deadSlacks).toBe(1);
    for (let i = 0; i < 150; i++) run.step(0.15);
    expect(run.predictions()[0]).toBeCloseTo(0, 3);
  });

  test('is repaired by the reset', () => {
    run = smallRun(toy({ slackFloor: 0 }));
    for (let i = 0; i < 150; i++) run.step(0.15);
    run.endEpoch();
    expect(run.instance.report().deadSlacks).toBe(1);
    for (let i = 0; i < 300; i++) run.step(0.15);
    run.endEpoch();
    expect(run.predictions()[0]).toBeCloseTo(1, 3);
    expect(run.instance.report().deadSlacks).toBe(0);
  });

  test('does not happen with the floor under the root', () => {
    run = smallRun(toy({}));
    for (let i = 0; i < 300; i++) run.step(0.15);
    run.endEpoch();
    expect(run.predictions()[0]).toBeCloseTo(1, 3);
    expect(run.instance.report().deadSlacks).toBe(0);
  });
});

test('dual ascent stops its multipliers at the cap if data and bound contradict each other', () => {
  run = smallRun({
    tf: runtime.tf,
    inputs: [[0]],
    targets: [[1]],
    layers: [linearLayer([0])],
    method: 'dual-ascent',
    settings: { cap: 3, dualRate: 1, margin: 0.5 },
  });
  for (let i = 0; i < 20; i++) run.step(0.1);
  expect(run.instance.report()).toEqual({ largestMultiplier: 3 });
});
