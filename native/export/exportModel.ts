import { existsSync, rmSync } from 'node:fs';
import type { exportFormats } from '../contract/engine.ts';
import type { ExportReport } from '../contract/results.ts';
import { attempt } from '../contract/fileErrors.ts';
import { writeFileAtomic, type Content } from '../system/files.mjs';
import type { Model } from '../network/model.ts';
import type { ExportMetadata } from './metadata.ts';
import { buildOnnx, encodeOnnx, encodeOnnxJson } from './onnx.ts';
import { encodePytorch } from './pytorch.ts';
import { verifyOnnx, verifySafetensors, type ExportCheck } from './verify.ts';

export type ExportFormat = (typeof exportFormats)[number];

export interface ExportRequest {
  readonly model: Model;
  readonly metadata: ExportMetadata;
  /** What the exported model is compared on. */
  readonly check: ExportCheck;
  /** Path of the file to write, for each format that is wanted. */
  readonly files: Readonly<Partial<Record<ExportFormat, string>>>;
  /** Aborted, it ends the work before a file is written. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Exports a model. Each kind of file is first used as whoever takes it away would use it, and its predictions are
 * compared with the training engine's: ONNX runs in ONNX Runtime (its JSON holds the same message), safetensors is read
 * back. Only then the files are written, each whole or not at all.
 *
 * @returns what the comparison found; where several were made, that of the largest difference
 * @throws OrthantError `export` where an exported model is not the trained one (no file is written then), `file`
 *   where a file cannot be written, `cancelled` where that was asked for before the first one was written
 */
export async function exportModel(request: ExportRequest): Promise<ExportReport> {
  const { model, metadata, check, files, signal } = request;
  const contents: [file: string, content: Content | Iterable<Content>][] = [];
  const reports: ExportReport[] = [];
  const { safetensors, ...onnxFiles } = files;
  if (Object.keys(onnxFiles).length > 0 || safetensors === undefined) {
    const { proto, names } = buildOnnx(model, metadata);
    const binary = encodeOnnx(proto);
    reports.push(await verifyOnnx(binary, model, names, check, signal));
    if (files.onnx !== undefined) contents.push([files.onnx, binary]);
    if (files['onnx-json'] !== undefined) contents.push([files['onnx-json'], encodeOnnxJson(proto)]);
  }
  if (safetensors !== undefined) {
    const bytes = encodePytorch(model, metadata);
    reports.push(verifySafetensors(bytes, model, check));
    contents.push([safetensors, bytes]);
  }
  signal?.throwIfAborted();
  writeAll(contents);
  return reports.reduce((worst, report) =>
    report.maxRelativeDifference > worst.maxRelativeDifference ? report : worst,
  );
}

/** Writes all of the files; where one cannot be written, those before it go again: half of an export is none. */
function writeAll(contents: readonly [file: string, content: Content | Iterable<Content>][]): void {
  const written: string[] = [];
  try {
    for (const [file, content] of contents) {
      const isNew = !existsSync(file);
      attempt(`write ${file}`, () => {
        writeFileAtomic(file, content);
      });
      if (isNew) written.push(file);
    }
  } catch (error) {
    for (const file of written) rmSync(file, { force: true });
    throw error;
  }
}
