import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { unzipSync } from 'fflate';
import { InferenceSession, Tensor } from 'onnxruntime-node';

/**
 * Inputs of the sample ink, read here and not by the engine under test: ink in 0 to 1, stored as bytes.
 *
 * @returns row-major [10000, 784]
 */
export async function inkInputs(): Promise<{ values: Float32Array; rows: number; columns: number }> {
  const file = path.join(import.meta.dirname, '../native/data/samples/ink/ink.npz');
  const array = unzipSync(await readFile(file))['p.npy'];
  if (array === undefined) throw new Error('ink.npz has no array p.');
  // Format 1.0: magic (6), version (2), length of the header as uint16, header, bytes of the array.
  const start = 10 + new DataView(array.buffer, array.byteOffset).getUint16(8, true);
  const [, rows = 0, columns = 0] = (
    /'<?\|?u1'.*\((\d+), (\d+)\)/.exec(new TextDecoder().decode(array.subarray(10, start))) ?? []
  ).map(Number);
  return { values: Float32Array.from(array.subarray(start), (byte) => byte / 255), rows, columns };
}

/** Runs a model of one float32 input in ONNX Runtime; returns the lowest value of each output. */
export async function lowestOutputs(
  model: string,
  input: { values: Float32Array; rows: number; columns: number },
): Promise<{ name: string; lowest: number }[]> {
  const session = await InferenceSession.create(model, { logSeverityLevel: 3 });
  const name = session.inputNames[0] ?? '';
  const outputs = await session.run({ [name]: new Tensor('float32', input.values, [input.rows, input.columns]) });
  await session.release();
  return session.outputNames.map((output) => {
    const data = outputs[output]?.data;
    if (!(data instanceof Float32Array)) throw new TypeError(`${output} is not float32.`);
    if (data.length !== input.rows) throw new RangeError(`${output} has ${data.length} values.`);
    return { name: output, lowest: data.reduce((least, value) => Math.min(least, value), Infinity) };
  });
}
