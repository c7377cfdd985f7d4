import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layerShapes, layersText, parseLayers } from './layerText.ts';
import { heightOfUnits, unitsOfHeight } from './networkSizes.ts';

describe('parseLayers', () => {
  it.each([
    ['784,784', [784, 784]],
    [' 64 x 32 ', [64, 32]],
    ['128-64-32', [128, 64, 32]],
    ['64 64', [64, 64]],
    ['', []],
  ])('reads %j', (text, hidden) => {
    expect(parseLayers(text)).toEqual({ hidden });
  });

  it.each(['64,', '64,,32', 'abc', '6.5', '0', '70000', '-64'])('reports what is wrong with %j', (text) => {
    expect(parseLayers(text)).toHaveProperty('problem');
  });

  it('reads back every network that it writes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 65_536 }), { maxLength: 64 }), (hidden) => {
        expect(parseLayers(layersText(hidden))).toEqual({ hidden });
      }),
    );
  });
});

describe('layerShapes', () => {
  it("counts the parameters of the forum thread's network", () => {
    const shapes = layerShapes(784, [784, 784], 2);
    expect(shapes.map(({ parameters }) => parameters)).toEqual([615_440, 615_440, 1570]);
  });
});

describe('a drawn layer', () => {
  it('keeps a round size when its height is read back', () => {
    for (const units of [1, 2, 8, 16, 64, 128, 256, 784, 1024]) expect(unitsOfHeight(heightOfUnits(units))).toBe(units);
  });
});
