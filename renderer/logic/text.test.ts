import { describe, expect, it } from 'vitest';
import { toCsv } from './csv.ts';
import { differences } from './differences.ts';
import { heldOutSplit, priceOfPositivity, worstNegativeShare } from './evidence.ts';
import { formatBytes, formatDuration, formatNumber, formatShare } from './format.ts';
import { greyValues, pictureSide } from './picture.ts';
import { shortcutOf, shortcuts, shortcutText } from './shortcuts.ts';
import { stepOfField } from './steps.ts';

describe('formats', () => {
  it.each([
    [0, '0'],
    [-0.00123, '−0.00123'],
    [1234567, '1,234,567'],
    [3.1e-7, '3.1e−7'],
    [Number.NaN, 'not a number'],
  ])('writes %d as %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  it('never rounds a share to nothing or to all', () => {
    expect([0, 0.00001, 0.0031, 0.5, 0.99999, 1].map(formatShare)).toEqual([
      '0 %',
      '< 0.01 %',
      '0.31 %',
      '50 %',
      '> 99.99 %',
      '100 %',
    ]);
  });

  it('writes times and sizes', () => {
    expect([0.42, 12.3, 185, 7800].map(formatDuration)).toEqual(['0.4 s', '12 s', '3 min 05 s', '2 h 10 min']);
    expect([12, 2_412_345].map(formatBytes)).toEqual(['12 bytes', '2.41 MB']);
  });
});

describe('toCsv', () => {
  it('quotes commas, quotes and line breaks', () => {
    expect(
      toCsv(
        ['a', 'b,c'],
        [
          [1, 'say "x"'],
          [null, 'two\nlines'],
        ],
      ),
    ).toBe('a,"b,c"\r\n1,"say ""x"""\r\n,"two\nlines"\r\n');
  });
});

describe('differences', () => {
  it('names the settings that are not the same', () => {
    expect(
      differences([
        { a: 1, b: { c: 2 } },
        { a: 1, b: { c: 3 } },
        { a: 1, b: {} },
      ]),
    ).toEqual([{ path: 'b.c', values: [2, 3, undefined] }]);
  });
});

describe('pictures', () => {
  it('are squares of a worthwhile size', () => {
    expect([784, 783, 64, 9].map(pictureSide)).toEqual([28, undefined, 8, undefined]);
  });
  it('stretch to all shades and keep gaps', () => {
    expect(greyValues([2, null, 4, 3])).toEqual([0, null, 255, 128]);
  });
});

const output = (rmse: number, negativeShare: number) => ({
  name: 'a',
  rmse,
  mae: 0,
  negativeShare,
  violationShare: 0,
  minimum: 0,
});
const split = (rmse: number, negativeShare: number) => ({ rows: 1, loss: 0, outputs: [output(rmse, negativeShare)] });

describe('evidence', () => {
  it('compares held-out rows', () => {
    const price = priceOfPositivity(
      { train: split(1, 0.2), test: split(2, 0.1) },
      { train: split(1, 0), test: split(2.5, 0) },
    );
    expect(price.split).toBe('test');
    expect(price.lines[0]).toMatchObject({ output: 'a', change: 0.25 });
  });
  it('finds the worst share and the split that stands for new data', () => {
    expect(worstNegativeShare({ train: split(1, 0.2), test: split(1, 0.3) })).toBe(0.3);
    expect(worstNegativeShare({ train: split(1, 0.2), test: split(1, 0.3) }, 'train')).toBe(0.2);
    expect(heldOutSplit({ train: split(1, 0), validation: split(1, 0) })).toBe('validation');
  });
});

describe('stepOfField', () => {
  it.each([
    ['data.columns.x.role', 'data'],
    ['configuration.network.hidden', 'network'],
    ['constraint.method.settings.alpha', 'constraint'],
    ['training.loss', 'train'],
    [undefined, 'train'],
  ])('%s belongs to %s', (field, step) => {
    expect(stepOfField(field)).toBe(step);
  });
});

describe('shortcuts', () => {
  const press = (
    key: string,
    held: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey', boolean>> = {},
    code = '',
  ) => ({
    key,
    code,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    target: null,
    ...held,
  });
  it('are found by their keys, on a Mac by Command', () => {
    expect(shortcutOf(press('z', { ctrlKey: true }))).toBe('undo');
    expect(shortcutOf(press('Z', { ctrlKey: true, shiftKey: true }))).toBe('redo');
    expect(shortcutOf(press('z', { metaKey: true }))).toBe('undo');
    expect(shortcutOf(press('π', { altKey: true }, 'KeyP'))).toBe('pause');
    expect(shortcutOf(press('z'))).toBeUndefined();
  });
  it('never share keys', () => {
    const texts = shortcuts.map(({ command }) => shortcutText(command, false));
    expect(new Set(texts).size).toBe(texts.length);
  });
});
