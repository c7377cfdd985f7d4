import { readFile } from 'node:fs/promises';
import { OrthantError, parseOrThrow } from '../contract/errors.ts';
import { findGaps, type InputGaps, type RawColumns } from '../data/encode.ts';
import { describeFileError } from '../contract/fileErrors.ts';
import type { ModelProto } from './generated/onnx_pb.js';
import { onnxMetadataSchema, readEntries, type OnnxMetadata } from './metadata.ts';
import { decodeOnnx, encodeOnnx, hashOnnxWeights } from './onnx.ts';
import { openSession, type OnnxSession } from './onnxSession.ts';

export interface OnnxPredictions extends InputGaps {
  /** In the targets' units, row-major [rows, targets]; NaN in rows that are not usable. */
  readonly predictions: Float32Array;
}

/** An exported model, ready to predict. */
export interface OnnxPredictor {
  /** Metadata of the file. */
  readonly metadata: OnnxMetadata;
  /**
   * Predicts unencoded rows of a table.
   *
   * @param signal - aborting stops the work between two batches of rows
   * @throws OrthantError `data` if a column does not exist
   */
  predict(columns: RawColumns, rows: number, signal?: AbortSignal): Promise<OnnxPredictions>;
  close(): Promise<void>;
}

/**
 * Opens an .onnx or .onnx.json file that Orthant exported.
 *
 * @throws OrthantError `file` if it cannot be read, is damaged, was not exported by Orthant, or its weights do not
 *   match its metadata
 */
export async function openOnnx(file: string): Promise<OnnxPredictor> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw describeFileError(error, `read ${file}`);
  }
  const model = decodeOnnx(bytes, file);
  const metadata = readMetadata(model, file);
  const session = await open(encodeOnnx(model), metadata, file);
  return {
    metadata,
    predict: async (columns, rows, signal) => {
      const gaps = findGaps(metadata.schema, columns, rows);
      const predictions = await session.predict(columns, rows, signal);
      const targets = metadata.schema.targets.length;
      gaps.usable.forEach((usable, row) => {
        if (usable === 0) predictions.fill(NaN, row * targets, (row + 1) * targets);
      });
      return { ...gaps, predictions };
    },
    close: () => session.close(),
  };
}

function readMetadata(model: ModelProto, file: string): OnnxMetadata {
  const entries = readEntries(model.metadataProps.map(({ key, value }) => [key, value]));
  if (Object.keys(entries).length === 0) {
    throw new OrthantError(
      'file',
      `${file} is an ONNX model that Orthant did not export: its metadata do not define how columns become its inputs. Run it in ONNX Runtime, or choose a file written by "orthant export".`,
    );
  }
  const metadata = parseOrThrow(onnxMetadataSchema, entries, `The metadata of ${file}`, 'file');
  if (hashOnnxWeights(model) !== metadata.weightsSha256) {
    throw new OrthantError(
      'file',
      `The weights in ${file} do not match its metadata: the file was changed after its export. Export the model again.`,
    );
  }
  return metadata;
}

async function open(bytes: Uint8Array, metadata: OnnxMetadata, file: string): Promise<OnnxSession> {
  try {
    return await openSession(bytes, metadata.schema, metadata.interface);
  } catch (error) {
    if (error instanceof OrthantError) throw error;
    throw new OrthantError(
      'file',
      `ONNX Runtime cannot run ${file}: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}
