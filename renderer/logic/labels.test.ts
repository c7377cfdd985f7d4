import { describe, expect, it } from 'vitest';
import { fakeConfiguration } from '../testing/fakeData.ts';
import { summaryOf } from '../testing/testedApp.ts';
import { boundText, epochsText, positiveText, notInName } from './labels.ts';

describe('epochsText', () => {
  it.each([
    [summaryOf('waits', 'queued'), '3 epochs'],
    [{ ...summaryOf('done', 'finished'), trained: 3 }, '3 epochs'],
    [{ ...summaryOf('early', 'finished'), trained: 2 }, '2 of 3 epochs'],
    [{ ...summaryOf('stopped', 'stopped'), trained: 1 }, '1 of 3 epochs'],
    [summaryOf('crashed', 'interrupted', 2), '2 of 3 epochs'],
    [summaryOf('failed', 'failed'), '0 of 3 epochs'],
    [{ ...summaryOf('one', 'finished'), epochs: 1, trained: 1 }, '1 epoch'],
    [{ ...summaryOf('automatic', 'preparing'), epochs: undefined }, 'automatic epochs'],
    [{ ...summaryOf('ended before', 'interrupted'), epochs: undefined }, '0 epochs'],
  ])('gives the epochs of a run: $0.run', (run, text) => {
    expect(epochsText(run)).toBe(text);
  });
});

describe('a bound', () => {
  it('is written as numbers are', () => {
    const of = (epsilon: number | Record<string, number>) => {
      const configuration = fakeConfiguration('ink');
      return boundText({ ...configuration, constraint: { ...configuration.constraint, epsilon } });
    };
    expect([of(0), of(-2197), of({ a: 1, b: 1 }), of({ a: 0, b: 1 })]).toEqual([
      '≥ 0',
      '≥ −2,197',
      '≥ 1',
      '≥ a bound each',
    ]);
  });
});

describe('notInName', () => {
  it('leaves out facts in the name of a run', () => {
    const facts = ['Quadratic penalty', 'houses.csv'];
    expect(notInName('houses.csv, Quadratic penalty', facts)).toEqual([]);
    expect(notInName('ink', ['Quadratic penalty', 'ink'])).toEqual(['Quadratic penalty']);
    expect(notInName('six wide', facts)).toEqual(facts);
  });
});

describe('positiveText', () => {
  it('calls outputs positive only where their bounds are', () => {
    const text = (level: 'none' | 'held-out', lowestBound: number) =>
      positiveText({ level, statement: '', details: [], figures: [], limits: [], lowestBound });
    expect(text('held-out', 0)).toBe('positive: held-out rows');
    expect(text('held-out', -2)).toBe('bound kept: held-out rows');
    // With a bound above zero they may still be positive.
    expect(text('none', 0.7)).toBe('below the bound');
  });
});
