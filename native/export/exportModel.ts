import type { exportFormats } from '../contract/engine.ts';
import type { ExportReport } from '../contract/results.ts';
import { writeFileAtomic, type Content } from '../files/atomic.ts';
import type { Model } from '../network/model.ts';
import type { ExportMetadata } from './metadata.ts';
import { buildOnnx, encodeOnnx, encodeOnnxJson } from './onnx.ts';
import { encodePytorch } from './pytorch.ts';
import { verifyOnnx, type ExportCheck } from './verify.ts';

export type ExportFormat = (typeof exportFormats)[number];

export interface ExportRequest {
  readonly model: Model;
  readonly metadata: ExportMetadata;
  /** What the exported model is compared on. */
  readonly check: ExportCheck;
  /** Path of the file to write, for each format that is wanted. */
  readonly files: Readonly<Partial<Record<ExportFormat, string>>>;
  /** Aborted, it ends the work before a file is written. */
  readonly signal?: AbortSignal;
}

/**
 * Exports a model: builds it as ONNX, runs that in ONNX Runtime, compares the predictions with the training engine's,
 * and only then writes the files, each whole or not at all. All formats hold the weights that were compared.
 *
 * @returns what the comparison found
 * @throws OrthantError `export` where the exported model is not the trained one (no file is written then), `file`
 *   where a file cannot be written
 */
export async function exportModel({ model, metadata, check, files, signal }: ExportRequest): Promise<ExportReport> {
  const { proto, names } = buildOnnx(model, metadata);
  const binary = encodeOnnx(proto);
  const report = await verifyOnnx(binary, model, names, check, signal);
  signal?.throwIfAborted();
  const contents: Record<ExportFormat, () => Content | Iterable<Content>> = {
    onnx: () => binary,
    'onnx-json': () => encodeOnnxJson(proto),
    safetensors: () => encodePytorch(model, metadata),
  };
  for (const [format, file] of Object.entries(files) as [ExportFormat, string][]) {
    writeFileAtomic(file, contents[format]());
  }
  return report;
}
