import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RawColumn } from '../data/encode.ts';
import { decodeSafetensors, encodeSafetensors } from '../runs/safetensors.ts';
import type { Model } from '../network/model.ts';
import { encodePytorch } from './pytorch.ts';
import { checkableRows, predictSafetensors, verifySafetensors } from './readBack.ts';
import { metadata, modelCase, reference } from './testing/randomModels.ts';

const layer = { inputs: 1, units: 1, kernel: Float32Array.of(2), bias: Float32Array.of(1) };
/** y = 10 (2 (x - 3) / 2 + 1). */
const model: Model = {
  schema: { inputs: [{ kind: 'number', column: 'x', shift: 3, scale: 2 }], targets: [{ name: 'y', scale: 10 }] },
  layers: [{ ...layer, activation: 'none' }],
  epsilon: [0],
};
const columns = new Map<string, RawColumn>([['x', Float64Array.of(3, 5, 4)]]);
const check = { columns, rows: 3, predictions: [10, 30, 20] };
const bytes = encodePytorch(model, metadata);

/** The file with changed tensors or metadata. */
function altered(change: (file: ReturnType<typeof decodeSafetensors>) => void): Uint8Array {
  const file = decodeSafetensors(bytes);
  change(file);
  return encodeSafetensors(file.tensors, file.metadata);
}

describe('a safetensors file that is read back', () => {
  it('predicts the same as the model, with every kind of input, activation and transform', () => {
    fc.assert(
      fc.property(modelCase, ({ model: random, columns: table, rows }) => {
        const truth = reference(random, table, rows);
        const read = predictSafetensors(encodePytorch(random, metadata), random.schema, table, rows);
        expect(read).toHaveLength(truth.length);
        const wrong = [...read.keys()].filter((index) => {
          const [value, expected] = [read[index] ?? 0, truth[index] ?? 0];
          const scale = random.schema.targets[index % random.schema.targets.length]?.scale ?? 1;
          if (Number.isNaN(expected)) return !Number.isNaN(value);
          return !(Math.abs(value - expected) <= 2e-4 * Math.max(scale, Math.abs(expected)));
        });
        expect(wrong).toEqual([]);
      }),
      { numRuns: 200, seed: 5 },
    );
  });

  it('is reported as verified, with the largest difference', () => {
    expect(verifySafetensors(bytes, model, check)).toEqual({
      verifiedBy: 'safetensors',
      maxRelativeDifference: 0,
      smallestOutput: 10,
      rows: 3,
    });
    const { maxRelativeDifference } = verifySafetensors(bytes, model, { ...check, predictions: [10, 30.0005, 20] });
    expect(maxRelativeDifference).toBeCloseTo(5e-5, 6);
  });

  it.each<[string, Uint8Array, RegExp]>([
    [
      'another weight',
      altered(({ tensors }) => (tensors['0.weight'] = { shape: [1, 1], data: Float32Array.of(2.01) })),
      /"y" the safetensors file gives 30\.0.* gives 30 /,
    ],
    ['another scale', altered(({ metadata: about }) => (about['orthant.targetScale'] = '[11]')), /gives 3?3 /],
    ['another shift', altered(({ metadata: about }) => (about['orthant.inputShift'] = '[0]')), /gives/],
    ['no weights', altered(({ tensors }) => delete tensors['0.bias']), /lacks the weights of module 0/],
    ['no metadata', altered(({ metadata: about }) => delete about['orthant.modules']), /do not describe the network/],
    [
      'an unknown module',
      altered(({ metadata: about }) => (about['orthant.modules'] = '[["Linear",{}],["Mish",{}]]')),
      /Mish/,
    ],
    ['its end missing', bytes.slice(0, bytes.length - 4), /damaged/],
  ])('is refused with %s', (_, wrong, reason) => {
    expect(() => verifySafetensors(wrong, model, check)).toThrow(
      expect.objectContaining({ code: 'export', message: expect.stringMatching(reason) as string }) as Error,
    );
  });

  it('is compared on fewer rows if the network is large', () => {
    const large = { layers: [{ ...model.layers[0]!, kernel: new Float32Array(10_000_000) }] };
    expect(checkableRows(large, 10_000)).toBe(200);
    expect(checkableRows(model, 10_000)).toBe(10_000);
  });
});
