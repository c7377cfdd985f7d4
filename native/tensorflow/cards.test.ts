import { describe, expect, test } from 'vitest';
import { chooseCard, parseCards, unsupportedReason, type Card } from './cards.mjs';

const card = (index: number, computeCapability: number, name = `Card ${index}`): Card => ({
  index: String(index),
  uuid: `GPU-${String(index).repeat(8)}-aaaa`,
  name,
  computeCapability,
  driver: '550.54',
  memoryBytes: 8 * 2 ** 30,
});

describe('the output of nvidia-smi', () => {
  test('a line is a card', () => {
    const text =
      '0, GPU-11111111-aaaa, NVIDIA GeForce RTX 4090, 8.9, 550.54.14, 24564\n1, GPU-2, NVIDIA H100 80GB HBM3, 9.0, 550.54.14, 81559\n';
    expect(parseCards(text)).toEqual([
      {
        index: '0',
        uuid: 'GPU-11111111-aaaa',
        name: 'NVIDIA GeForce RTX 4090',
        computeCapability: 8.9,
        driver: '550.54.14',
        memoryBytes: 24564 * 2 ** 20,
      },
      {
        index: '1',
        uuid: 'GPU-2',
        name: 'NVIDIA H100 80GB HBM3',
        computeCapability: 9,
        driver: '550.54.14',
        memoryBytes: 81559 * 2 ** 20,
      },
    ]);
  });
  test.each(['', '\n', 'No devices were found\n', 'Field "compute_cap" is not a valid field to query.\n'])(
    '%j has no card',
    (text) => {
      expect(parseCards(text)).toEqual([]);
    },
  );
});

describe('which cards the libraries support', () => {
  test.each([6, 6.1, 7.5, 8.6, 8.9, 9])('compute capability %s', (capability) => {
    expect(unsupportedReason(card(0, capability))).toBeUndefined();
  });
  test.each([
    [
      5.2,
      'GTX 980',
      /GTX 980 \(compute capability 5\.2\) is too old: TensorFlow 2\.21\.0 has kernels for compute capability 6\.0 to 9\.0/,
    ],
    [12, 'RTX 5090', /RTX 5090 \(compute capability 12\.0\) is too new/],
    [10, 'B200', /too new/],
    [Number.NaN, 'K80', /does not report the compute capability of the K80/],
  ])('not %s', (capability, name, reason) => {
    expect(unsupportedReason(card(0, capability, name))).toMatch(reason);
  });
});

describe('which card is used', () => {
  const cards = [card(0, 12), card(1, 8.9), card(2, 9)];

  test('the first supported one; the others are named with the reason', () => {
    const { card: chosen, reasons } = chooseCard(cards, {});
    expect(chosen?.index).toBe('1');
    expect(reasons).toEqual([expect.stringContaining('Card 0 (compute capability 12.0) is too new')]);
  });
  test.each([
    ['2,1', '2'],
    ['1', '1'],
    ['GPU-22222222', '2'],
    ['7,1', undefined],
    ['-1', undefined],
    ['', undefined],
    ['0', undefined],
  ])('of those that CUDA_VISIBLE_DEVICES=%s shows', (visible, wanted) => {
    const { card: chosen, reasons } = chooseCard(cards, { CUDA_VISIBLE_DEVICES: visible });
    expect(chosen?.index).toBe(wanted);
    if (wanted === undefined) expect(reasons.join()).toMatch(/CUDA_VISIBLE_DEVICES=\S* hides \d of 3 cards|too new/);
  });
  test('none on a machine without cards', () => {
    expect(chooseCard([], {})).toEqual({ reasons: [] });
  });
});
