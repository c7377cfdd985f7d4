import type { Tensor } from 'onnxruntime-node';
import { OrthantError } from '../contract/errors.ts';
import type { DataSchema } from '../contract/dataSchema.ts';
import { numbersOf, textsOf, type RawColumns } from '../data/encode.ts';
import type { GraphInterface } from './metadata.ts';

/** Number of rows per call of ONNX Runtime, which limits its memory for long tables. */
const batchRows = 4096;

/** An ONNX model exported by Orthant, ready to predict raw rows. */
export interface OnnxSession {
  /**
   * Predictions in the targets' units, row-major [rows, targets]; all NaN in rows where an input without a fill is
   * missing.
   *
   * @param columns - at least the columns of the schema's inputs
   * @param signal - aborting stops the work between two batches of rows
   */
  predict(columns: RawColumns, rows: number, signal?: AbortSignal): Promise<Float32Array>;
  close(): Promise<void>;
}

/**
 * Loads a model into ONNX Runtime, on the CPU.
 *
 * @param bytes - the content of an .onnx file
 */
export async function openSession(bytes: Uint8Array, schema: DataSchema, names: GraphInterface): Promise<OnnxSession> {
  const runtime = await loadRuntime();
  // Severity 3: errors only, so that ONNX Runtime does not write warnings to standard error.
  const session = await runtime.InferenceSession.create(bytes, { logSeverityLevel: 3 });
  const targets = names.targets.length;

  const predictBatch = async (inputs: BatchMaker[], first: number, rows: number): Promise<Float32Array> => {
    const feeds = Object.fromEntries(inputs.map(({ name, make }) => [name, make(first, rows)]));
    const results = await session.run(feeds);
    const predictions = new Float32Array(rows * targets);
    names.targets.forEach(({ output }, target) => {
      const values = results[output]?.data;
      if (!(values instanceof Float32Array)) throw new TypeError(`The output "${output}" is not float32.`);
      for (let row = 0; row < rows; row++) predictions[row * targets + target] = values[row] ?? NaN;
    });
    return predictions;
  };

  return {
    predict: async (columns, rows, signal) => {
      const inputs = batchMakers(runtime, schema, names, columns);
      const predictions = new Float32Array(rows * targets);
      for (let first = 0; first < rows; first += batchRows) {
        signal?.throwIfAborted();
        const batch = await predictBatch(inputs, first, Math.min(batchRows, rows - first));
        predictions.set(batch, first * targets);
      }
      return predictions;
    },
    close: () => session.release(),
  };
}

type OnnxRuntime = typeof import('onnxruntime-node');

/** Loads ONNX Runtime's native library when it is first needed, because training must not depend on it. */
async function loadRuntime(): Promise<OnnxRuntime> {
  try {
    return await import('onnxruntime-node');
  } catch (error) {
    throw new OrthantError(
      'export',
      `ONNX Runtime cannot be loaded on this computer (${process.platform} ${process.arch}), so exported models can neither be verified nor run: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}

/** Makes the tensor of one graph input for `rows` rows from row `first`. */
interface BatchMaker {
  readonly name: string;
  readonly make: (first: number, rows: number) => Tensor;
}

function batchMakers(
  { Tensor }: OnnxRuntime,
  { inputs }: DataSchema,
  names: GraphInterface,
  columns: RawColumns,
): BatchMaker[] {
  const makers: BatchMaker[] = [];
  if (names.numbers !== undefined) {
    const numbers = inputs.filter(({ kind }) => kind === 'number').map((input) => numbersOf(columns, input));
    makers.push({
      name: names.numbers.input,
      make: (first, rows) => {
        const data = new Float32Array(rows * numbers.length);
        numbers.forEach((values, column) => {
          for (let row = 0; row < rows; row++) data[row * numbers.length + column] = values[first + row] ?? NaN;
        });
        return new Tensor('float32', data, [rows, numbers.length]);
      },
    });
  }
  for (const { input: name, column } of names.categories) {
    const input = inputs.find((candidate) => candidate.column === column);
    const texts = input === undefined ? [] : textsOf(columns, input);
    makers.push({
      name,
      make: (first, rows) =>
        new Tensor(
          'string',
          Array.from({ length: rows }, (_, row) => texts[first + row] ?? ''),
          [rows, 1],
        ),
    });
  }
  return makers;
}
