import { expect, it } from 'vitest';
import { skippedText } from './skippedRows.ts';

it('reports in one sentence how many rows were not predicted, and why', () => {
  expect(skippedText([{ reason: 'no value in column "area"', rows: 1 }])).toBe(
    '1 row without a prediction: no value in column "area".',
  );
  expect(
    skippedText([
      { reason: 'no value in column "area"', rows: 1200 },
      { reason: 'no value in column "age"', rows: 3 },
    ]),
  ).toBe('1,203 rows without a prediction: 1,200 with no value in column "area"; 3 with no value in column "age".');
});
