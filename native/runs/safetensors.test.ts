import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OrthantError } from '../contract/errors.ts';
import { decodeSafetensors, encodeSafetensors, type SafeTensor } from './safetensors.ts';

const tensor = fc
  .record({
    shape: fc.array(fc.nat(4), { maxLength: 3 }),
    float: fc.boolean(),
    seed: fc.float32Array({ maxLength: 64 }),
  })
  .map(({ shape, float, seed }): SafeTensor => {
    const length = shape.reduce((product, size) => product * size, 1);
    const values = Array.from({ length }, (_, index) => seed[index % seed.length] ?? index);
    return { shape, data: float ? Float32Array.from(values) : Int32Array.from(values) };
  });
const tensors = fc.dictionary(fc.string(), tensor, { maxKeys: 5 });

/** A file built by hand, so that the reader is tested independently of the writer. */
function file(header: unknown, data: number[] = [], length?: bigint): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

describe('safetensors', () => {
  it('reads the stored tensors, bit for bit', () => {
    fc.assert(
      fc.property(tensors, fc.dictionary(fc.string(), fc.string()), (stored, metadata) => {
        // As a Buffer, as when a file is read: its `slice` does not copy.
        const read = decodeSafetensors(Buffer.from(encodeSafetensors(stored, metadata)));
        expect({ ...read.metadata }).toEqual({ ...metadata });
        expect(Object.keys(read.tensors).sort()).toEqual(Object.keys(stored).sort());
        for (const [name, { shape, data }] of Object.entries(stored)) {
          const back = read.tensors[name]!;
          expect(back.shape).toEqual(shape);
          expect(back.data.constructor).toBe(data.constructor);
          expect(new Uint8Array(back.data.buffer)).toEqual(
            new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
          );
        }
      }),
    );
  });

  it('writes the bytes that the format requires', () => {
    const bytes = encodeSafetensors({ w: { shape: [2], data: new Float32Array([1, -2]) } });
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    expect(JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)))).toEqual({
      w: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
    });
    expect([...bytes.subarray(8 + length)]).toEqual([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]);
  });

  it('reads a file of another writer, at any alignment', () => {
    const bytes = file({ a: { dtype: 'I32', shape: [], data_offsets: [0, 4] } }, [0xff, 0xff, 0xff, 0xff]);
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    expect(decodeSafetensors(shifted.subarray(1)).tensors.a).toEqual({ shape: [], data: new Int32Array([-1]) });
  });

  const entry = (change: object): object => ({ a: { dtype: 'F32', shape: [1], data_offsets: [0, 4], ...change } });
  const four = [0, 0, 0, 0];
  it.each<[string, Uint8Array, RegExp]>([
    ['an empty file', new Uint8Array(), /0 bytes/],
    ['a header longer than the file', file('{}', [], 99n), /header should have 99 bytes/],
    ['a header of 2^63 bytes', file('{}', [], 1n << 63n), /header should have/],
    ['a header that is not JSON', file('{"a"'), /not JSON/],
    ['a header that is not UTF-8', file('{}').map((byte) => (byte === 0x7b ? 0xff : byte)), /not JSON/],
    ['a header that is a list', file('[]'), /not a JSON object/],
    ['a header that begins with a space', file(' {}'), /not a JSON object/],
    ['an unknown type', file(entry({ dtype: 'BF16' }), four), /BF16/],
    ['a negative size', file(entry({ shape: [-1] }), four), /shape/],
    ['a shape that does not fit', file(entry({ shape: [2] }), four), /\[2\] has 4 bytes/],
    ['no offsets', file(entry({ data_offsets: undefined }), four), /data_offsets/],
    ['offsets backwards', file(entry({ data_offsets: [4, 0] }), four), /has -4 bytes/],
    ['data cut off', file(entry({}), [0, 0, 0]), /ends at byte 4/],
    ['bytes left over', file(entry({}), [...four, 0]), /1 bytes at its end/],
    ['a hole', file(entry({ data_offsets: [4, 8] }), [...four, ...four]), /begins at byte 4/],
    [
      'tensors that overlap',
      file({ ...entry({}), b: { dtype: 'F32', shape: [1], data_offsets: [2, 6] } }, [...four, 0, 0]),
      /begins at byte 2/,
    ],
    ['metadata that are not strings', file({ __metadata__: { a: 1 } }), /metadata/],
  ])('refuses %s', (_, bytes, reason) => {
    expect(() => decodeSafetensors(bytes, 'weights.safetensors')).toThrow(reason);
    try {
      decodeSafetensors(bytes, 'weights.safetensors');
    } catch (error) {
      expect(error).toBeInstanceOf(OrthantError);
      expect(error).toMatchObject({ code: 'file', message: expect.stringContaining('weights.safetensors') as string });
    }
  });

  it('never crashes on a file with flipped bytes', () => {
    const whole = encodeSafetensors({ w: { shape: [2, 2], data: new Float32Array(4) } }, { format: 'pt' });
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, value, length) => {
        const bytes = whole.slice(0, length);
        bytes[at] = value;
        try {
          decodeSafetensors(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(OrthantError);
        }
      }),
    );
  });

  it('refuses to store a shape that does not fit its data', () => {
    expect(() => encodeSafetensors({ w: { shape: [3], data: new Float32Array(2) } })).toThrow(/shape \[3\]/);
  });
});
