import { OrthantError } from '../contract/errors.ts';

/**
 * The safetensors format (github.com/huggingface/safetensors, README "Format"): the header's length as a
 * little-endian u64, the header as JSON, then all tensors' bytes, little-endian and row-major. The header maps each
 * name to `{dtype, shape, data_offsets: [begin, end)}`, offsets counted from the end of the header, and `__metadata__`
 * to strings. Orthant uses float32 (weights) and int32 (row orders, counters).
 */

export interface SafeTensor {
  /** Sizes of the dimensions; empty for a scalar. */
  readonly shape: readonly number[];
  /** Row-major, as many numbers as the shape has elements. */
  readonly data: Float32Array | Int32Array;
}

export interface SafetensorsFile {
  readonly tensors: Record<string, SafeTensor>;
  readonly metadata: Record<string, string>;
}

/** Longest header that readers of the format accept. */
const longestHeader = 100_000_000;
const lengthBytes = 8;
const metadataKey = '__metadata__';

const elementCount = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);
const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/**
 * Encodes tensors as the bytes of a safetensors file. The data area begins at a multiple of 8 bytes.
 *
 * @param tensors - by name; stored in the order of the object's keys
 * @param metadata - strings for the header, such as `{format: 'pt'}`
 * @throws OrthantError `internal` if a shape does not match its data
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, SafeTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  // No prototype: a tensor may be called "__proto__".
  const header = Object.create(null) as Record<string, unknown>;
  if (Object.keys(metadata).length > 0) header[metadataKey] = metadata;
  let end = 0;
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    if (name === metadataKey || !shape.every(isSize) || elementCount(shape) !== data.length) {
      throw new OrthantError(
        'internal',
        `Tensor "${name}" cannot be stored: shape [${shape.join(', ')}] with ${data.length} numbers.`,
      );
    }
    const begin = end;
    end += data.byteLength;
    header[name] = { dtype: data instanceof Float32Array ? 'F32' : 'I32', shape, data_offsets: [begin, end] };
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const headerLength = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(lengthBytes + headerLength + end);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(headerLength), true);
  bytes.fill(0x20, lengthBytes, lengthBytes + headerLength);
  bytes.set(text, lengthBytes);
  let at = lengthBytes + headerLength;
  for (const { data } of Object.values(tensors)) {
    bytes.set(littleEndianBytes(data), at);
    at += data.byteLength;
  }
  return bytes;
}

/**
 * Decodes the tensors of a safetensors file; they are copies and do not refer to `bytes`.
 *
 * @param bytes - the whole file
 * @param what - name of the file in errors
 * @throws OrthantError `file` if the file breaks the format: a cut file, a wrong header, overlapping tensors, bytes
 *   that belong to no tensor, a type other than F32 and I32
 */
export function decodeSafetensors(bytes: Uint8Array, what = 'The safetensors file'): SafetensorsFile {
  const damaged = (reason: string, cause?: unknown): never => {
    throw new OrthantError('file', `${what} is damaged or not a safetensors file: ${reason}.`, { cause });
  };
  if (bytes.length < lengthBytes) return damaged(`it has ${bytes.length} bytes, fewer than the header's length takes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const declared = view.getBigUint64(0, true);
  if (declared > BigInt(Math.min(longestHeader, bytes.length - lengthBytes))) {
    return damaged(`its header should have ${declared.toString()} bytes, the whole file has ${bytes.length}`);
  }
  const dataStart = lengthBytes + Number(declared);
  const header = parseHeader(bytes.subarray(lengthBytes, dataStart), damaged);

  const tensors = Object.create(null) as Record<string, SafeTensor>;
  let metadata: Record<string, string> = {};
  const ranges: { name: string; begin: number; end: number }[] = [];
  for (const [name, entry] of Object.entries(header)) {
    if (name === metadataKey) {
      if (!isStringRecord(entry)) return damaged('its metadata are not strings');
      metadata = entry;
      continue;
    }
    const { dtype, shape, begin, end } = readEntry(name, entry, damaged);
    if (end > bytes.length - dataStart) {
      return damaged(`tensor "${name}" ends at byte ${end}, the data at byte ${bytes.length - dataStart}`);
    }
    ranges.push({ name, begin, end });
    // Not `slice`, which for a Buffer returns a view of the whole file.
    const copy = new Uint8Array(bytes.subarray(dataStart + begin, dataStart + end));
    tensors[name] = { shape, data: fromLittleEndian(copy, dtype) };
  }

  ranges.sort((first, second) => first.begin - second.begin || first.end - second.end);
  let at = 0;
  for (const { name, begin, end } of ranges) {
    if (begin !== at) return damaged(`tensor "${name}" begins at byte ${begin} where byte ${at} is next`);
    at = end;
  }
  if (at !== bytes.length - dataStart) {
    return damaged(`${bytes.length - dataStart - at} bytes at its end belong to no tensor`);
  }
  return { tensors, metadata };
}

type Damaged = (reason: string, cause?: unknown) => never;
type DataType = 'F32' | 'I32';

function parseHeader(bytes: Uint8Array, damaged: Damaged): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    return damaged('its header is not JSON', error);
  }
  if (bytes[0] !== 0x7b || !isRecord(header)) return damaged('its header is not a JSON object');
  return header;
}

function readEntry(
  name: string,
  entry: unknown,
  damaged: Damaged,
): { dtype: DataType; shape: number[]; begin: number; end: number } {
  if (!isRecord(entry)) return damaged(`tensor "${name}" has no description`);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (dtype !== 'F32' && dtype !== 'I32') {
    return damaged(`tensor "${name}" has type ${JSON.stringify(dtype)}; Orthant reads F32 and I32`);
  }
  if (!Array.isArray(shape) || !shape.every(isSize)) return damaged(`tensor "${name}" has no valid shape`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize)) {
    return damaged(`tensor "${name}" has no valid data_offsets`);
  }
  const [begin, end] = offsets as [number, number];
  if (end - begin !== elementCount(shape) * 4) {
    return damaged(`tensor "${name}" of shape [${shape.join(', ')}] has ${end - begin} bytes`);
  }
  return { dtype, shape, begin, end };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isStringRecord = (value: unknown): value is Record<string, string> =>
  isRecord(value) && Object.values(value).every((entry) => typeof entry === 'string');

const hostIsLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** The numbers as little-endian bytes; not copied on little-endian hosts. */
export function littleEndianBytes(data: Float32Array | Int32Array): Uint8Array {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return hostIsLittleEndian ? bytes : swapped(bytes);
}

/** `bytes` must own its buffer, because the result uses it. */
function fromLittleEndian(bytes: Uint8Array<ArrayBuffer>, dtype: DataType): Float32Array | Int32Array {
  const { buffer } = hostIsLittleEndian ? bytes : swapped(bytes);
  return dtype === 'F32' ? new Float32Array(buffer) : new Int32Array(buffer);
}

function swapped(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const copy = bytes.slice();
  for (let at = 0; at < copy.length; at += 4) copy.subarray(at, at + 4).reverse();
  return copy;
}
