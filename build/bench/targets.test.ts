import { expect, test } from 'vitest';
import { stepCases } from './cases.mjs';
import { titles } from './steps.mjs';
import { measureTargets, targetTable } from './targets.mjs';

/** The table of one case: the milliseconds a step of each column, in one round. */
function tableOf(name: string, columns: Record<string, number>) {
  const bench = stepCases(false).find((each) => each.name === name);
  if (bench === undefined) throw new Error(`there is no case ${name}`);
  const results = Object.entries(columns).map(([title, milliseconds]) => ({
    ...{ title, version: '', rounds: [[milliseconds]], firstSeconds: 1, peakBytes: 1, ratio: 1 },
    milliseconds: { median: milliseconds, least: milliseconds, most: milliseconds },
  }));
  return { case: bench, results };
}

const measured = (steps: ReturnType<typeof tableOf>[], name: string) =>
  measureTargets(steps, []).find((target) => target.name === name)?.measured;

const bestOfTorch = "9-64-64-1, batch 64: PyTorch's best / ours";

test("PyTorch's best is the faster of its two modes, case by case", () => {
  const steps = [
    tableOf('9-64-64-1 batch 64 none', { [titles.compiled]: 2, 'PyTorch eager': 30, 'PyTorch compiled': 22 }),
    tableOf('9-64-64-1 batch 64 penalty', { [titles.compiled]: 2, 'PyTorch eager': 24, 'PyTorch compiled': 40 }),
    tableOf('784-784-784-2 batch 64 none', { [titles.compiled]: 2, 'PyTorch eager': 2, 'PyTorch compiled': 2 }),
  ];
  expect(measured(steps, bestOfTorch)).toEqual([
    { where: '9-64-64-1 batch 64 none', ratio: 11 },
    { where: '9-64-64-1 batch 64 penalty', ratio: 12 },
  ]);
});

test('where one of the two modes failed that is said, and where both did nothing was measured', () => {
  const steps = [
    tableOf('9-64-64-1 batch 64 none', { [titles.compiled]: 2, 'PyTorch eager': 30 }),
    tableOf('9-64-64-1 batch 64 penalty', { [titles.compiled]: 2 }),
  ];
  expect(measured(steps, bestOfTorch)).toEqual([
    { where: '9-64-64-1 batch 64 none (without PyTorch compiled, which failed)', ratio: 15 },
  ]);
});

test('each target is judged by its worst case', () => {
  const steps = [
    tableOf('9-64-64-1 batch 64 none', { [titles.compiled]: 2, JAX: 2.5 }),
    tableOf('784-784-784-2 batch 64 none', { [titles.compiled]: 3, JAX: 2 }),
  ];
  const line = (text: string) =>
    targetTable(measureTargets(steps, []))
      .split('\n')
      .find((each) => each.includes(text));
  expect(line('everywhere: ours / JAX')).toMatch(/at most 1\.05 +1\.5 +missed +784-784-784-2 batch 64 none$/);
  expect(line('diamonds: Keras fit / ours')).toMatch(/not measured/);
});

test('multipliers are compared with the penalty of the same network and batch', () => {
  const steps = [
    tableOf('9-64-64-1 batch 64 penalty', { [titles.compiled]: 2 }),
    tableOf('9-64-64-1 batch 64 augmented-lagrangian', { [titles.compiled]: 2.2 }),
    tableOf('9-64-64-1 batch 512 penalty', { [titles.compiled]: 1 }),
    tableOf('9-64-64-1 batch 512 augmented-lagrangian', { [titles.compiled]: 9 }),
  ];
  expect(measured(steps, 'batch 64: multipliers for each row / penalty')).toEqual([
    { where: '9-64-64-1 batch 64', ratio: expect.closeTo(1.1) as number },
  ]);
});
