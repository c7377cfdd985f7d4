import { expect, it } from 'vitest';
import { chosenText } from './chosenText.ts';

it('names each setting and its value', () => {
  expect(chosenText({ method: 'penalty', hidden: [64, 64], epochs: 40, weightDecay: 0, earlyStopping: 0 })).toBe(
    'method penalty, hidden 64,64, epochs 40, weight decay 0, early stopping off',
  );
  expect(chosenText({ hidden: [], earlyStopping: 20, missing: 'drop' })).toBe(
    'hidden none, early stopping 20, missing drop',
  );
  expect(chosenText({})).toBe('');
});
