import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { describeSettings } from '../../native/contract/describeSettings.ts';
import { numberProblem, parseNumber, rangeText } from './numbers.ts';

const schema = z.strictObject({
  alpha: z.number().positive().max(100).default(10).meta({ title: 'Alpha' }),
  count: z.int().min(1).default(3).meta({ title: 'Count' }),
});
const [alpha, count] = describeSettings(schema);
if (alpha?.kind !== 'number' || count?.kind !== 'number') throw new Error('expected numbers');

describe('numberProblem', () => {
  it('agrees with the schema on what is allowed', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.double(), fc.constantFrom(0, 100, 101, Number.MIN_VALUE), fc.integer({ min: -5, max: 120 })),
        (value) => {
          expect(numberProblem(value, alpha) === undefined).toBe(schema.shape.alpha.safeParse(value).success);
        },
      ),
    );
    fc.assert(
      fc.property(fc.oneof(fc.double({ min: -4, max: 9 }), fc.integer({ min: -5, max: 9 })), (value) => {
        expect(numberProblem(value, count) === undefined).toBe(schema.shape.count.safeParse(value).success);
      }),
    );
  });

  it('is described as a range', () => {
    expect(rangeText(alpha)).toBe('more than 0, up to 100');
    expect(rangeText(count)).toBe('1 or more');
  });
});

describe('parseNumber', () => {
  it.each([
    ['1.5', 1.5],
    ['1,5', 1.5],
    ['−2', -2],
    ['1e-3', 0.001],
  ])('reads %s', (text, value) => {
    expect(parseNumber(text)).toBe(value);
  });

  it.each(['', 'x', '1,2,3'])('refuses %j', (text) => {
    expect(parseNumber(text)).toBeNaN();
  });
});
