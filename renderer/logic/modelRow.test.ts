import { describe, expect, it } from 'vitest';
import type { ModelInput } from '../../native/contract/dataSchema.ts';
import { joinValues, modelRow, splitValues, startText } from './modelRow.ts';

const inputs: ModelInput[] = [
  { kind: 'number', column: 'x', shift: 3.141592, scale: 2 },
  { kind: 'one-hot', column: 'colour', categories: ['light red', 'blue'], acceptsMissing: true },
  { kind: 'number', column: 'y', shift: 0, scale: 1 },
];

describe('a row that was pasted', () => {
  it.each([
    ['1 2\t 3', ['1 2', '3']],
    ['1, light red, 3', ['1', 'light red', '3']],
    ['1, , 3', ['1', '', '3']],
    ['1,5; 2,5', ['1,5', '2,5']],
    ['1\n2   3\n', ['1', '2', '3']],
    ['  ', []],
  ])('%j is %j', (text, values) => {
    expect(splitValues(text)).toEqual(values);
  });

  it('is read back from its own text', () => {
    for (const values of [
      ['1', '', 'light red'],
      ['1', 'red, or blue', '3'],
    ])
      expect(splitValues(joinValues(values))).toEqual(values);
  });

  it('starts with a category that is there, also if a missing one is a category of its own', () => {
    expect(startText({ kind: 'one-hot', column: 'colour', categories: ['', 'blue'], acceptsMissing: true })).toBe(
      'blue',
    );
  });

  it('becomes numbers, categories and missing values', () => {
    expect(inputs.map(startText)).toEqual(['3.142', 'light red', '0']);
    expect(modelRow(inputs, ['1.5', 'blue', ''])).toEqual({ x: 1.5, colour: 'blue', y: null });
    expect(() => modelRow(inputs, ['1.5', 'blue', 'much'])).toThrow('y is “much”, which is not a number.');
    expect(() => modelRow(inputs, ['1.5'])).toThrow('3 values are needed, separated by commas or spaces; there are 1.');
  });
});
