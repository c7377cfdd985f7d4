import { OrthantError } from '../../contract/errors.ts';
import { checkLength, type ElementType, type StoredArray } from './array.ts';

const types: Record<number, ElementType> = { 0x08: 'u1', 0x09: 'i1', 0x0b: 'i2', 0x0c: 'i4', 0x0d: 'f4', 0x0e: 'f8' };

/**
 * Reads one IDX file (the format of MNIST): two zero bytes, a type, the number of dimensions, the sizes as big-endian
 * 32-bit integers, then the numbers, big-endian.
 *
 * @throws OrthantError `data` if the file is truncated or not an IDX file
 */
export function parseIdx(bytes: Buffer, what: string): StoredArray {
  const type = types[bytes[2] ?? 0];
  const dimensions = bytes[3] ?? 0;
  if (bytes[0] !== 0 || bytes[1] !== 0 || type === undefined || dimensions === 0) {
    throw new OrthantError('data', `${what} is not an IDX file: it does not begin with two zeros and a known type.`);
  }
  const start = 4 + 4 * dimensions;
  if (bytes.length < start) {
    throw new OrthantError('data', `${what} ends inside its header: it was not downloaded completely. Get it again.`);
  }
  const shape = Array.from({ length: dimensions }, (_, index) => bytes.readUInt32BE(4 + 4 * index));
  const data = bytes.subarray(start);
  checkLength(what, shape, type, data.length);
  return { name: '', shape, type, littleEndian: false, data };
}
