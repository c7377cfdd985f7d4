import { z } from 'zod';
import { columnRoleSchema, dialectSchema, missingValues } from './configuration.ts';
import { choiceOf } from './describedSetting.ts';
import { fileFormatIds } from './fileFormats.ts';
import { leftOutSchema } from './rowCounts.ts';

/** A fact about the data that the user should know and that does not stop the work. */
export const warningSchema = z.object({
  message: z.string(),
  column: z.string().optional(),
  /** Topic, for a place that has something more exact about it. */
  topic: z.enum(['constant', 'unreadable']).optional(),
});
export type Warning = z.infer<typeof warningSchema>;

/** A row of the file that could not be read. */
export const rejectedRowSchema = z.object({
  /** Line in the file, from 1, including the header; for formats without lines, the row, from 1. */
  line: z.int(),
  column: z.string().optional(),
  /** The problem; follows "line 7". */
  reason: z.string(),
  /** One sentence: what to do about it. */
  advice: z.string(),
  /** The row's text, cut to about 200 characters around the problem. */
  text: z.string().optional(),
  /** Position of the problem in `text`: start, and end (exclusive). */
  mark: z.tuple([z.int(), z.int()]).optional(),
});
export type RejectedRow = z.infer<typeof rejectedRowSchema>;

export const columnSummarySchema = z.object({
  name: z.string(),
  type: z.enum(['number', 'category', 'boolean', 'date']),
  missing: z.int(),
  distinct: z.int(),
  suggestedRole: columnRoleSchema,
  /** Reason for the suggested role, if it is not obvious. */
  suggestion: z.string().optional(),
  /** From here to `negativeShare`: only for number columns. */
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  mean: z.number().optional(),
  standardDeviation: z.number().optional(),
  /** The 5, 25, 50, 75 and 95 % quantiles. */
  quantiles: z.tuple([z.number(), z.number(), z.number(), z.number(), z.number()]).optional(),
  /** Share of the present values below zero. */
  negativeShare: z.number().optional(),
  /** The most frequent values of a category column, at most 50. */
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
  /** The first rejected rows, by line. */
  rejected: z.array(rejectedRowSchema),
  /** The dialect of delimited text, detected or given. */
  dialect: dialectSchema.required().optional(),
  columns: z.array(columnSummarySchema),
  warnings: z.array(warningSchema),
});
export type Inspection = z.infer<typeof inspectionSchema>;

/** A value as the table shows it; `null` if it is missing. */
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
  /** `counts.length + 1` edges, for a number column. */
  edges: z.array(z.number()),
  counts: z.array(z.int()),
  /** One label per bar, for a category column. */
  labels: z.array(z.string()).optional(),
  missing: z.int(),
});
export type Histogram = z.infer<typeof histogramSchema>;

/** The effect of split and scaling, before training. */
export const preparationSchema = z.object({
  rowsInFile: z.int(),
  rowsUsed: z.int(),
  /** How rows with a missing input are treated: as asked, or as chosen for this table. */
  missing: choiceOf(missingValues),
  /** Reasons for leaving rows out, with counts; rowsInFile = rowsUsed + their sum. */
  dropped: leftOutSchema,
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
  /** One sentence: what it is and why it is included. */
  summary: z.string(),
  source: z.string(),
  licence: z.string(),
  rows: z.int(),
  inputs: z.int(),
  targets: z.array(z.string()),
});
export type Sample = z.infer<typeof sampleSchema>;
