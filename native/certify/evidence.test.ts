import { describe, expect, it } from 'vitest';
import type { SplitReport, SplitReports } from '../contract/results.ts';
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

const split = (rows: number, below: number): SplitReport => ({
  rows,
  loss: 0,
  outputs: [
    {
      name: 'price',
      rmse: 0,
      mae: 0,
      negativeShare: below / rows,
      violationShare: below / rows,
      minimum: below > 0 ? -1 : 1,
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

  it('does not take no held-out rows for clean ones', () => {
    expect(level(-1, { train: split(10, 0) })).toBe('train');
  });

  it('is by construction where the weights show it', () => {
    expect(level(1, { train: split(10, 0) })).toBe('by-construction');
  });

  it('says for each output and split what was found', () => {
    const evidence = gatherEvidence(model(-1), { train: split(1000, 3), test: split(5, 0) });
    expect(evidence.statement).toContain('Some training rows');
    expect(evidence.details).toContain('price, training: 3 of 1000 rows below 0, lowest prediction -1.');
    expect(evidence.details).toContain('price, test: no row below 0, lowest prediction 1.');
    expect(evidence.details.some((detail) => detail.includes('1 of 1 last-layer weights are negative'))).toBe(true);
  });
});
