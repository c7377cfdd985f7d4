import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { constraintMethods } from '../../native/constraints/registry.ts';
import { fieldValue, numberProblem, parseNumber, rangeText, settingFields } from './forms.ts';

const schema = z.object({
  alpha: z.number().positive().max(100).default(10).meta({ title: 'Alpha', description: 'Weight.', changeable: true }),
  count: z.int().min(1).default(3),
  schedule: z.enum(['fixed', 'growing']).default('growing'),
  reset: z.boolean().default(true),
});
const fields = settingFields(z.toJSONSchema(schema));

describe('settingFields', () => {
  it('makes a field of each kind of setting', () => {
    expect(fields.map(({ name, kind }) => [name, kind])).toEqual([
      ['alpha', 'number'],
      ['count', 'number'],
      ['schedule', 'choice'],
      ['reset', 'switch'],
    ]);
    expect(fields[0]).toMatchObject({ title: 'Alpha', help: 'Weight.', default: 10, changeable: true });
    expect(fields[2]).toMatchObject({ options: ['fixed', 'growing'], default: 'growing' });
  });

  it('leaves out limits that only say that a number is safe', () => {
    expect(fields[1]).toMatchObject({ integer: true, minimum: 1, maximum: undefined });
  });

  it.each(constraintMethods.map((method) => [method.id, method] as const))('knows every setting of %s', (_, method) => {
    const made = settingFields(z.toJSONSchema(method.settings));
    expect(made.map(({ name }) => name)).toEqual(Object.keys(method.settings.shape));
    expect(made.filter(({ kind }) => kind === 'text')).toEqual([]);
    const defaults = Object.fromEntries(made.map((field) => [field.name, fieldValue(field, {})]));
    expect(method.settings.parse({})).toEqual(defaults);
  });
});

describe('numberProblem', () => {
  it('agrees with the schema on what is allowed', () => {
    const [alpha, count] = fields;
    if (alpha?.kind !== 'number' || count?.kind !== 'number') throw new Error('expected numbers');
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

  it('is said as a range', () => {
    expect(fields[0]?.kind === 'number' && rangeText(fields[0])).toBe('more than 0, up to 100');
    expect(fields[1]?.kind === 'number' && rangeText(fields[1])).toBe('1 or more');
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
