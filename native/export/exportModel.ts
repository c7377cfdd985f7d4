import { existsSync, rmSync } from 'node:fs';
import { keysOf } from '../base/keysOf.ts';
import { exportFormatIds, exportFormats, type ExportFormatId, type ExportVerifier } from '../contract/exportFormats.ts';
import type { ExportReport } from '../contract/results.ts';
import { attempt } from '../contract/fileErrors.ts';
import { writeFileAtomic, type Content } from '../system/files.mjs';
import type { Model } from '../network/model.ts';
import type { ExportMetadata } from './metadata.ts';
import { withIntervalOutputs } from './intervals.ts';
import { buildOnnx, encodeOnnx, encodeOnnxJson } from './onnx.ts';
import { encodePytorch } from './pytorch.ts';
import { verifySafetensors } from './readBack.ts';
import { verifyOnnx, type ExportCheck } from './verify.ts';

export interface ExportRequest {
  readonly model: Model;
  readonly metadata: ExportMetadata;
  /** Rows and predictions to compare the exported model with. */
  readonly check: ExportCheck;
  /** Path of the file to write, for each requested format. */
  readonly files: Readonly<Partial<Record<ExportFormatId, string>>>;
  /** Whether ONNX files get the ends of the model's intervals as outputs. */
  readonly intervals?: boolean | undefined;
  /** Aborting stops the export before a file is written. */
  readonly signal?: AbortSignal | undefined;
}

type Contents = Content | Iterable<Content>;

type VerifiedBy<Verifier> = {
  [Format in ExportFormatId]: (typeof exportFormats)[Format]['verifier'] extends Verifier ? Format : never;
}[ExportFormatId];

/** Encodes and verifies a model once for all formats of a verifier; a missing format is a compile error. */
const exporters: {
  readonly [Verifier in ExportVerifier]: (
    request: ExportRequest,
  ) => Promise<readonly [ExportReport, Readonly<Record<VerifiedBy<Verifier>, Contents>>]>;
} = {
  'onnx-runtime': async ({ model, metadata, check, intervals, signal }) => {
    const { proto, names } = buildOnnx(model, metadata, intervals);
    const onnx = encodeOnnx(proto);
    const whole = withIntervalOutputs(model, names, check);
    const report = await verifyOnnx(onnx, whole.model, whole.names, whole.check, signal);
    return [report, { onnx, 'onnx-json': encodeOnnxJson(proto) }];
  },
  safetensors: ({ model, metadata, check }) => {
    const safetensors = encodePytorch(model, metadata);
    return Promise.resolve([verifySafetensors(safetensors, model, check), { safetensors }]);
  },
};

/**
 * Exports a model. Each kind of file is first used as its user would, and its predictions are compared with those of
 * the training engine: ONNX runs in ONNX Runtime (its JSON holds the same message), safetensors is read back. Only then
 * are the files written, each completely or not at all.
 *
 * @param request - with at least one file
 * @returns the comparison with the largest difference
 * @throws OrthantError `export` if an exported model does not match the trained one (no file is written then), `file`
 *   if a file cannot be written, `cancelled` if `signal` was aborted before the first file was written
 */
export async function exportModel(request: ExportRequest): Promise<ExportReport> {
  const { files, signal } = request;
  const paths = new Map(Object.entries(files));
  const contents: [file: string, content: Contents][] = [];
  const reports: ExportReport[] = [];
  for (const verifier of keysOf(exporters)) {
    if (!exportFormatIds.some((id) => exportFormats[id].verifier === verifier && paths.has(id))) continue;
    const [report, made] = await exporters[verifier](request);
    reports.push(report);
    for (const [id, content] of Object.entries<Contents>(made)) {
      const file = paths.get(id);
      if (file !== undefined) contents.push([file, content]);
    }
  }
  signal?.throwIfAborted();
  writeAll(contents);
  return reports.reduce((worst, report) =>
    report.maxRelativeDifference > worst.maxRelativeDifference ? report : worst,
  );
}

/** Writes all files. If one cannot be written, those already written are removed, so that no partial export is left. */
function writeAll(contents: readonly [file: string, content: Contents][]): void {
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
