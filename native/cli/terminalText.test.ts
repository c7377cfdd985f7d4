import { expect, test } from 'vitest';
import { duration, table } from './terminalText.ts';

test('a time is rounded before it is split into units', () => {
  expect([0.04, 3.21, 9.97, 45.4, 59.6, 119.7, 3599.6, 3780].map(duration)).toEqual([
    ...['0.0 s', '3.2 s', '10 s', '45 s', '1 min 0 s', '2 min 0 s', '1 h 0 min', '1 h 3 min'],
  ]);
  expect(duration(Infinity)).toBe('?');
});

test('a table keeps its form, whatever its names contain', () => {
  const lines = table(
    [{ title: 'column' }, { title: 'type' }],
    [
      ['a\nb\u001b[2J', 'number'],
      ['x'.repeat(5000), 'date'],
    ],
  )
    .trimEnd()
    .split('\n');
  expect(lines).toHaveLength(4);
  expect(lines[2]).toMatch(/^a\\nb\\u001b\[2J +number$/);
  expect(lines[3]).toMatch(/^x{97}\.\.\. {2}date$/);
});
