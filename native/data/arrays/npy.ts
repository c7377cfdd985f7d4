import { OrthantError } from '../../contract/errors.ts';
import { checkLength, elements, type ElementType, type StoredArray } from './array.ts';

/**
 * Reads one NPY file (NumPy's format, versions 1 to 3): magic, version, header length, a Python literal with `descr`,
 * `fortran_order` and `shape`, then the numbers. Source: numpy.lib.format.
 *
 * @param what - names the file, and the array inside an archive, in messages
 * @throws OrthantError `data` for anything but a numeric array in row-major order
 */
export function parseNpy(bytes: Buffer, name: string, what: string): StoredArray {
  if (bytes.toString('latin1', 0, 6) !== '\x93NUMPY') {
    throw new OrthantError(
      'data',
      `${what} is not a NumPy array: it does not begin with \\x93NUMPY. Save it with numpy.save.`,
    );
  }
  const version = bytes[6] ?? 0;
  const lengthBytes = version === 1 ? 2 : 4;
  if (bytes.length < 8 + lengthBytes) throw truncated(what);
  if (version < 1 || version > 3) {
    throw new OrthantError('data', `${what} has version ${version} of the NPY format; versions 1 to 3 are known.`);
  }
  const headerLength = version === 1 ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8);
  const start = 8 + lengthBytes + headerLength;
  if (bytes.length < start) throw truncated(what);
  const header = bytes.toString(version === 3 ? 'utf8' : 'latin1', 8 + lengthBytes, start);

  const { type, littleEndian } = elementType(header, what);
  const shapeText = /'shape'\s*:\s*\(([\d\s,L]*)\)/.exec(header)?.[1];
  const fortran = /'fortran_order'\s*:\s*(True|False)/.exec(header)?.[1];
  if (shapeText === undefined || fortran === undefined) {
    throw new OrthantError('data', `${what} has a damaged header: ${header.trim().slice(0, 200)}. Save it again.`);
  }
  const shape = (shapeText.match(/\d+/g) ?? []).map(Number);
  if (shape.length === 0) {
    throw new OrthantError('data', `${what} holds a single number. A table needs an array with rows.`);
  }
  if (fortran === 'True' && shape.length > 1) {
    throw new OrthantError(
      'data',
      `${what} is stored in Fortran order (column by column). Save it with ` +
        'numpy.save(file, numpy.ascontiguousarray(array)).',
    );
  }
  const data = bytes.subarray(start);
  checkLength(what, shape, type, data.length);
  return { name, shape, type, littleEndian, data };
}

function elementType(header: string, what: string): { type: ElementType; littleEndian: boolean } {
  const described = /'descr'\s*:\s*(?:'([^']*)'|(\[))/.exec(header);
  if (described?.[2] !== undefined) {
    throw new OrthantError(
      'data',
      `${what} is a structured array (with named fields). Save it as CSV or Parquet, or each field as an array of an NPZ file.`,
    );
  }
  const code = described?.[1] ?? '';
  const known: Record<string, ElementType> = { b1: 'bool' };
  for (const type of Object.keys(elements) as ElementType[]) if (type !== 'bool') known[type] = type;
  const type = known[code.slice(1)];
  if (type !== undefined && '<>|='.includes(code.charAt(0))) return { type, littleEndian: !code.startsWith('>') };
  const kinds: Record<string, string> = {
    O: 'Python objects',
    U: 'text',
    S: 'text',
    c: 'complex numbers',
    M: 'dates',
    m: 'durations',
    V: 'raw bytes',
    f: 'floating point numbers of a platform-dependent width',
  };
  const kind = kinds[/[A-Za-z]/.exec(code)?.[0] ?? ''] ?? 'values of an unknown kind';
  throw new OrthantError(
    'data',
    `${what} holds ${kind} (dtype ${code}), not plain numbers. Save it with a numeric type, as in ` +
      'numpy.save(file, array.astype("float32")).',
  );
}

const truncated = (what: string): OrthantError =>
  new OrthantError('data', `${what} ends inside its header: it was not saved or downloaded completely. Get it again.`);
