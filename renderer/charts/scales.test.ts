import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logSplits, roundValues, valueRange } from './scales.ts';

const noPlot = undefined as never;

describe('logSplits', () => {
  it('are few, rising and in view, for any range', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -8, max: 6, noNaN: true }),
        fc.double({ min: 0.01, max: 6, noNaN: true }),
        (power, width) => {
          const low = 10 ** power;
          const high = 10 ** (power + width);
          const splits = logSplits(noPlot, 1, low, high);
          expect(splits.length).toBeLessThan(9 * (width + 2));
          for (const [index, value] of splits.entries()) {
            expect(value).toBeGreaterThanOrEqual(low);
            expect(value).toBeLessThanOrEqual(high);
            if (index > 0) expect(value).toBeGreaterThan(splits[index - 1] ?? Infinity);
          }
        },
      ),
    );
  });

  it('are labelled at 1, 2 and 5 over a narrow range, at 1 over a wide one', () => {
    const labels = (min: number, max: number): (number | null)[] =>
      roundValues({ scales: { y: { min, max } } } as never, logSplits(noPlot, 1, min, max)).filter(
        (value) => value !== null,
      );
    expect(labels(0.096, 1.2)).toEqual([0.1, 0.2, 0.5, 1]);
    expect(labels(0.001, 1)).toEqual([0.001, 0.01, 0.1, 1]);
  });
});

it('a logarithmic axis never has fewer than two labels', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -8, max: 6, noNaN: true }),
      fc.double({ min: 0.001, max: 6, noNaN: true }),
      (power, width) => {
        const [min, max] = [10 ** power, 10 ** (power + width)];
        const labels = roundValues({ scales: { y: { min, max } } } as never, logSplits(noPlot, 1, min, max));
        expect(labels.filter((value) => value !== null).length).toBeGreaterThanOrEqual(2);
      },
    ),
  );
});

describe('valueRange', () => {
  it('includes zero, without space below if nothing is below', () => {
    expect(valueRange(noPlot, 0.2, 1)[0]).toBe(0);
    expect(valueRange(noPlot, -1, -0.5)[1]).toBeGreaterThanOrEqual(0);
    expect(valueRange(noPlot, -1, 1)[0]).toBeLessThan(-1);
    expect(valueRange(noPlot, null, null)).toEqual([0, 1]);
  });
});
