import { z } from 'zod';
import { columnRoleSchema, dialectSchema } from './configuration.ts';
import { fileFormatIds } from './fileFormats.ts';

/** Something about the data that a person should know and that does not stop the work. */
export const warningSchema = z.object({
  message: z.string(),
  column: z.string().optional(),
  /** Of what it speaks, where what is found while reading a file may be told again, more exactly, once its use is known. */
  topic: z.enum(['constant']).optional(),
});
export type Warning = z.infer<typeof warningSchema>;

/** A row of the file that could not be read. */
export const rejectedRowSchema = z.object({
  /** Line in the file, from 1, the header included; of formats that have no lines, the row, from 1. */
  line: z.int(),
  column: z.string().optional(),
  /** What is wrong with it; follows "line 7". */
  reason: z.string(),
  /** What to do about it: a sentence. */
  advice: z.string(),
  /** The row's text, cut to some 200 characters around what is wrong in it. */
  text: z.string().optional(),
  /** Where in `text` that is: from, and up to (not included). */
  mark: z.tuple([z.int(), z.int()]).optional(),
});
export type RejectedRow = z.infer<typeof rejectedRowSchema>;

export const columnSummarySchema = z.object({
  name: z.string(),
  type: z.enum(['number', 'category', 'boolean', 'date']),
  missing: z.int(),
  distinct: z.int(),
  suggestedRole: columnRoleSchema,
  /** Why that role, where it is not obvious. */
  suggestion: z.string().optional(),
  /** Of number columns only. */
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  mean: z.number().optional(),
  standardDeviation: z.number().optional(),
  /** The 5, 25, 50, 75 and 95 % quantiles. */
  quantiles: z.tuple([z.number(), z.number(), z.number(), z.number(), z.number()]).optional(),
  /** Share of the present values below zero. */
  negativeShare: z.number().optional(),
  /** Of category columns: the most frequent values, at most 50. */
  categories: z.array(z.object({ value: z.string(), count: z.int() })).optional(),
});
export type ColumnSummary = z.infer<typeof columnSummarySchema>;

export const inspectionSchema = z.object({
  source: z.string(),
  format: z.enum(fileFormatIds),
  compressed: z.boolean(),
  bytes: z.int(),
  /** Rows that were read. Rows in the file = rows + rejectedRows. */
  rows: z.int(),
  rejectedRows: z.int(),
  /** The first ones, by line. */
  rejected: z.array(rejectedRowSchema),
  /** Of delimited text: what was found or given. */
  dialect: dialectSchema.required().optional(),
  columns: z.array(columnSummarySchema),
  warnings: z.array(warningSchema),
});
export type Inspection = z.infer<typeof inspectionSchema>;

/** A value as the table shows it; `null` is a missing one. */
export const cellSchema = z.union([z.number(), z.string(), z.null()]);

export const rowsPageSchema = z.object({
  columns: z.array(z.string()),
  /** Row number of the first row, from 0. */
  offset: z.int(),
  rows: z.array(z.array(cellSchema)),
  total: z.int(),
});
export type RowsPage = z.infer<typeof rowsPageSchema>;

export const histogramSchema = z.object({
  column: z.string(),
  /** `counts.length + 1` edges of number columns. */
  edges: z.array(z.number()),
  counts: z.array(z.int()),
  /** Of category columns, one label a bar. */
  labels: z.array(z.string()).optional(),
  missing: z.int(),
});
export type Histogram = z.infer<typeof histogramSchema>;

/** What split and scaling will do, before training. */
export const preparationSchema = z.object({
  rowsInFile: z.int(),
  rowsUsed: z.int(),
  /** Why rows were left out, with counts; rowsInFile = rowsUsed + their sum. */
  dropped: z.array(z.object({ reason: z.string(), rows: z.int() })),
  split: z.object({ train: z.int(), validation: z.int(), test: z.int() }),
  /** Network inputs after encoding. */
  features: z.array(
    z.object({
      name: z.string(),
      column: z.string(),
      /** Scaled value = (value - shift) / scale. */
      shift: z.number(),
      scale: z.number(),
    }),
  ),
  targets: z.array(z.object({ name: z.string(), scale: z.number(), minimum: z.number(), maximum: z.number() })),
  warnings: z.array(warningSchema),
});
export type Preparation = z.infer<typeof preparationSchema>;

export const sampleSchema = z.object({
  id: z.string(),
  title: z.string(),
  /** One sentence: what it is and why it is here. */
  summary: z.string(),
  source: z.string(),
  licence: z.string(),
  rows: z.int(),
  inputs: z.int(),
  targets: z.array(z.string()),
});
export type Sample = z.infer<typeof sampleSchema>;
