import { OrthantError } from '../../contract/errors.ts';

/** A numeric array as stored in a file: row-major, any width, any byte order. */
export interface StoredArray {
  /** Empty if the file does not name the array. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: ElementType;
  readonly littleEndian: boolean;
  /** The elements only, without a header. */
  readonly data: Buffer;
}

interface Element {
  readonly bytes: number;
  readonly read: (view: DataView, at: number, little: boolean) => number;
}
const element = (bytes: number, read: Element['read']): Element => ({ bytes, read });

/** Keys are NumPy's type names without the byte order. */
export const elements = {
  bool: element(1, (view, at) => (view.getUint8(at) === 0 ? 0 : 1)),
  u1: element(1, (view, at) => view.getUint8(at)),
  i1: element(1, (view, at) => view.getInt8(at)),
  u2: element(2, (view, at, little) => view.getUint16(at, little)),
  i2: element(2, (view, at, little) => view.getInt16(at, little)),
  f2: element(2, (view, at, little) => halfToNumber(view.getUint16(at, little))),
  u4: element(4, (view, at, little) => view.getUint32(at, little)),
  i4: element(4, (view, at, little) => view.getInt32(at, little)),
  f4: element(4, (view, at, little) => view.getFloat32(at, little)),
  u8: element(8, (view, at, little) => Number(view.getBigUint64(at, little))),
  i8: element(8, (view, at, little) => Number(view.getBigInt64(at, little))),
  f8: element(8, (view, at, little) => view.getFloat64(at, little)),
};
export type ElementType = keyof typeof elements;

/** Elements `from` to `from + out.length` as float64. Integers beyond 2^53 are rounded. */
export function readElements(array: StoredArray, from: number, out: Float64Array): void {
  const { data, littleEndian } = array;
  const { bytes, read } = elements[array.type];
  const view = new DataView(data.buffer, data.byteOffset + from * bytes, out.length * bytes);
  for (let index = 0; index < out.length; index++) out[index] = read(view, index * bytes, littleEndian);
}

/** IEEE 754 half precision: 1 sign bit, 5 exponent bits, 10 fraction bits. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Number of columns of an array whose first dimension is the rows; further dimensions are flattened. */
export const arrayColumns = (shape: readonly number[]): number =>
  shape.slice(1).reduce((product, size) => product * size, 1);

/**
 * Column names of an array: `c0`, `c1`, ... without a name; the name itself for one column; else the name and the
 * column's number, with an underscore where the name ends in a digit.
 */
export function arrayColumnNames(name: string, shape: readonly number[]): string[] {
  if (name !== '' && shape.length === 1) return [name];
  const prefix = name === '' ? 'c' : /\d$/.test(name) ? `${name}_` : name;
  return Array.from({ length: arrayColumns(shape) }, (_, index) => `${prefix}${index}`);
}

/** @throws OrthantError if the array has fewer or more bytes than its shape requires */
export function checkLength(what: string, shape: readonly number[], type: ElementType, bytes: number): void {
  const expected = shape.reduce((product, size) => product * size, 1) * elements[type].bytes;
  if (bytes === expected) return;
  const shapeText = `[${shape.join(', ')}]`;
  throw new OrthantError(
    'data',
    bytes < expected
      ? `${what} ends too early: shape ${shapeText} needs ${expected} bytes of numbers and there are ${bytes}. It was ` +
          'not saved or downloaded completely. Get it again.'
      : `${what} has ${bytes - expected} bytes more than its shape ${shapeText} needs, so it is damaged. Save it again.`,
  );
}
