import { createHash } from 'node:crypto';
import { z } from 'zod';
import { dataSchemaSchema } from '../contract/dataSchema.ts';
import { evidenceSchema, intervalsSchema, type Evidence } from '../contract/results.ts';
import { littleEndianBytes } from '../runs/safetensors.ts';
import type { Model } from '../network/model.ts';

/** Facts about a model that an exported file stores in addition to the model. */
export interface ExportMetadata {
  readonly method: { readonly id: string; readonly settings: Readonly<Record<string, unknown>> };
  readonly evidence: Evidence;
  /** SHA-256 of the data file. */
  readonly dataSha256: string;
  /** Versions by name: `orthant`, `engine`, ... */
  readonly versions: Readonly<Record<string, string>>;
}

/** Names of an ONNX graph's inputs and outputs: the column names, made unique. */
export const graphInterfaceSchema = z.object({
  /** The float32 input of all number columns; absent without number columns. */
  numbers: z.object({ input: z.string(), columns: z.array(z.string()) }).optional(),
  /** One string input per categorical column. */
  categories: z.array(z.object({ input: z.string(), column: z.string() })),
  targets: z.array(
    z.object({
      output: z.string(),
      target: z.string(),
      /** Outputs with the ends of the target's interval, if they were exported. */
      low: z.string().optional(),
      high: z.string().optional(),
    }),
  ),
});
export type GraphInterface = z.infer<typeof graphInterfaceSchema>;

/** Prefix of the keys in an exported file's metadata; every value is JSON text. */
const prefix = 'orthant.';

/** Metadata of an ONNX file. */
export const onnxMetadataSchema = z.object({
  format: z.literal(1),
  schema: dataSchemaSchema,
  interface: graphInterfaceSchema,
  method: z.object({ id: z.string(), settings: z.record(z.string(), z.unknown()) }),
  /** The bound by target, in the target's units. */
  epsilon: z.record(z.string(), z.number()),
  evidence: evidenceSchema,
  /** Half widths in the order of the targets; absent in older files and without intervals. */
  interval: intervalsSchema.extend({ version: z.literal(1) }).optional(),
  dataSha256: z.string(),
  weightsSha256: z.string(),
  versions: z.record(z.string(), z.string()),
});
export type OnnxMetadata = z.infer<typeof onnxMetadataSchema>;

/** The entries that all formats share. */
export function commonMetadata(model: Model, metadata: ExportMetadata): Omit<OnnxMetadata, 'interface'> {
  const { method, evidence, dataSha256, versions } = metadata;
  return {
    format: 1,
    schema: model.schema,
    method: { id: method.id, settings: { ...method.settings } },
    epsilon: Object.fromEntries(model.schema.targets.map(({ name }, index) => [name, model.epsilon[index] ?? 0])),
    evidence,
    ...(model.intervals === undefined ? {} : { interval: { version: 1, ...model.intervals } }),
    dataSha256,
    weightsSha256: hashWeights(model.layers.flatMap(({ kernel, bias }) => [kernel, bias]).map(littleEndianBytes)),
    versions: { ...versions },
  };
}

/**
 * SHA-256 of the weights, in hexadecimal.
 *
 * @param weights - for each layer from first to last the kernel, row-major [inputs, units], then the bias, as
 *   little-endian float32
 */
export function hashWeights(weights: Iterable<Uint8Array>): string {
  const hash = createHash('sha256');
  for (const bytes of weights) hash.update(bytes);
  return hash.digest('hex');
}

/** Converts entries to namespaced keys with JSON text. */
export function writeEntries(entries: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(entries).map(([key, value]) => [prefix + key, JSON.stringify(value)]));
}

/** The namespaced entries of a file; an entry that is not JSON is left out. */
export function readEntries(properties: Iterable<readonly [key: string, value: string]>): Record<string, unknown> {
  const entries: Record<string, unknown> = {};
  for (const [key, value] of properties) {
    if (!key.startsWith(prefix)) continue;
    try {
      entries[key.slice(prefix.length)] = JSON.parse(value);
    } catch {
      // The schema check of the entries reports what is missing.
    }
  }
  return entries;
}
