import { z } from 'zod';
import { describedSettingSchema } from './describedSetting.ts';

/** Strength of a method's promise. */
export const promiseSchema = z.enum(['none', 'encourages', 'at-convergence', 'for-every-input']);
export type MethodPromise = z.infer<typeof promiseSchema>;

/**
 * A sampled curve over the prediction: the term that a method adds to the loss, or its transform of the linear output.
 */
export const curveSchema = z.object({
  title: z.string(),
  xLabel: z.string(),
  yLabel: z.string(),
  x: z.array(z.number()),
  y: z.array(z.number()),
});
export type Curve = z.infer<typeof curveSchema>;

/**
 * A constraint method as plain data. Command-line options, the documentation table, and the window's cards and forms
 * are made from it.
 */
export const methodDescriptorSchema = z.object({
  id: z.string(),
  title: z.string(),
  /** One sentence: what it does. */
  summary: z.string(),
  promise: promiseSchema,
  /** One sentence: its promise and the limits of that promise. */
  promiseText: z.string(),
  /** LaTeX. */
  formula: z.string(),
  /** Source: author, title and year, or the forum thread. */
  source: z.string(),
  preconditions: z.array(z.string()),
  /** JSON Schema (draft 2020-12) of the settings, each with default, range, `title`, `description` and `unit`. */
  settings: z.record(z.string(), z.unknown()),
  /** The same settings, described for forms and options. */
  fields: z.array(describedSettingSchema),
  curve: curveSchema.optional(),
});
export type MethodDescriptor = z.infer<typeof methodDescriptorSchema>;
