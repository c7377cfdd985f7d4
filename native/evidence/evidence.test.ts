import { describe, expect, it } from 'vitest';
import type { Evidence, SplitReport, SplitReports } from '../contract/results.ts';
import type { Model } from '../network/model.ts';
import { gatherEvidence } from './evidence.ts';

/** One input, one ReLU unit, one output with weight `weight` and bias 0. */
const model = (weight: number): Model => ({
  schema: {
    inputs: [{ kind: 'number', column: 'x', shift: 0, scale: 1 }],
    targets: [{ name: 'price', scale: 1 }],
  },
  layers: [
    { inputs: 1, units: 1, kernel: Float32Array.of(1), bias: Float32Array.of(0), activation: 'relu' },
    { inputs: 1, units: 1, kernel: Float32Array.of(weight), bias: Float32Array.of(0), activation: 'none' },
  ],
  epsilon: [0],
});

const split = (rows: number, below: number, minimum = below > 0 ? -1 : 1): SplitReport => ({
  rows,
  loss: 0,
  outputs: [
    {
      name: 'price',
      rmse: 0,
      mae: 0,
      negativeShare: below / rows,
      violationShare: below / rows,
      minimum,
    },
  ],
});

const level = (weight: number, splits: SplitReports): string => gatherEvidence(model(weight), splits).level;

describe('gatherEvidence', () => {
  it('is as strong as the rows allow', () => {
    expect(level(-1, { train: split(10, 1), validation: split(5, 0) })).toBe('none');
    expect(level(-1, { train: split(10, 0), validation: split(5, 1), test: split(5, 0) })).toBe('train');
    expect(level(-1, { train: split(10, 0), validation: split(5, 0), test: split(5, 1) })).toBe('train');
    expect(level(-1, { train: split(10, 0), validation: split(5, 0), test: split(5, 0) })).toBe('held-out');
    expect(level(-1, { train: split(10, 0), test: split(5, 0) })).toBe('held-out');
  });

  it('does not treat missing held-out rows as clean ones', () => {
    expect(level(-1, { train: split(10, 0) })).toBe('train');
  });

  it('is by construction if the weights prove it and no row contradicts', () => {
    expect(level(1, { train: split(10, 0) })).toBe('by-construction');
    expect(level(1, {})).toBe('by-construction');
    expect(level(1, { train: split(10, 0), test: split(5, 1) })).toBe('train');
  });

  it('claims nothing about rows if none was evaluated', () => {
    expect(gatherEvidence(model(-1), {})).toMatchObject({
      level: 'none',
      statement: 'No row was evaluated, so nothing is known about the outputs.',
    });
  });

  it('names the evaluated rows, and that validation rows helped to choose the epoch', () => {
    const all = { train: split(10, 0), validation: split(5, 0), test: split(4, 0) };
    const { statement, limits } = gatherEvidence(model(-1), all);
    expect(statement).toBe(
      'As computed in training, no output is below 0 on any of the 10 training, 5 validation and 4 test rows; other inputs were not checked.',
    );
    expect(limits).toContain('Validation rows were not trained on, but their loss helped to choose the epoch.');
    expect(gatherEvidence(model(-1), { ...all, validation: split(5, 1) }).statement).toBe(
      'As computed in training, no output is below 0 on any of the 10 training rows, but some validation rows have one.',
    );
  });

  it('limits the share of rows that may be below the bound, from the test rows only', () => {
    const share = (rows: number, below = 0): number | undefined => {
      const { limits } = gatherEvidence(model(-1), { train: split(10, 0), test: split(rows, below) });
      const found = /at most ([\d.e-]+) %/.exec(limits.join(' '));
      return found === null ? undefined : Number(found[1]) / 100;
    };
    for (const rows of [1, 7, 100, 2000, 1e6]) {
      // If the share is that large, the probability of no case among these rows is at most 5 %.
      expect((1 - share(rows)!) ** rows).toBeLessThan(0.05 + 1e-9);
      expect((1 - share(rows)!) ** rows).toBeGreaterThan(0.0499);
    }
    expect(share(2000, 1)).toBeUndefined();
    const validation = gatherEvidence(model(-1), { train: split(10, 0), validation: split(100, 0) });
    expect(validation.limits.join(' ')).not.toContain('95 %');
  });

  it('warns if rounding decides on which side of its bound a prediction is, and never rounds one below the bound up to it', () => {
    const near = 'Some predictions are so close to their bound that other rounding may put them on the other side.';
    const of = (minimum: number): Evidence => gatherEvidence(model(-1), { train: split(10, 0, minimum) });
    expect(of(5e-9).limits).toContain(near);
    expect(of(0.1).limits).not.toContain(near);
    expect(of(0.49996).figures).toContain('price, training: no row below 0, lowest prediction 0.5.');
    const below = gatherEvidence({ ...model(-1), epsilon: [0.5] }, { train: split(10, 1, 0.49996) });
    expect(below.figures).toContain('price, training: 1 of 10 rows below 0.5, lowest prediction 0.4999.');
  });

  it('has the lowest bound', () => {
    expect(gatherEvidence(model(1), {}).lowestBound).toBe(0);
  });

  it('reports each output and split', () => {
    const evidence = gatherEvidence(model(-1), { train: split(1000, 3), test: split(5, 0) });
    expect(evidence.statement).toContain('Some training rows');
    expect(evidence.figures).toContain('price, training: 3 of 1,000 rows below 0, lowest prediction −1.');
    expect(evidence.figures).toContain('price, test: no row below 0, lowest prediction 1.');
    expect(evidence.details.some((detail) => detail.includes('1 of 1 last-layer weights are negative'))).toBe(true);
  });
});
