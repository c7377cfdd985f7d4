import { z } from 'zod';
import { describedSettingSchema } from './settings.ts';

/** How strong a method's promise is. */
export const promiseSchema = z.enum(['none', 'encourages', 'at-convergence', 'for-every-input']);
export type MethodPromise = z.infer<typeof promiseSchema>;

/** A sampled curve: what a method adds to the loss, or makes of the linear output, over the prediction. */
export const curveSchema = z.object({
  title: z.string(),
  xLabel: z.string(),
  yLabel: z.string(),
  x: z.array(z.number()),
  y: z.array(z.number()),
});
export type Curve = z.infer<typeof curveSchema>;

/**
 * A constraint method as plain data: command-line options, the documentation table, the window's cards and forms are
 * all made from it.
 */
export const methodDescriptorSchema = z.object({
  id: z.string(),
  title: z.string(),
  /** One sentence: what it does. */
  summary: z.string(),
  promise: promiseSchema,
  /** One sentence: what it promises, and what it does not. */
  promiseText: z.string(),
  /** LaTeX. */
  formula: z.string(),
  /** Who said so: author, title, year, or the thread. */
  source: z.string(),
  preconditions: z.array(z.string()),
  /** JSON Schema (draft 2020-12) of the settings: default, range, `title`, `description` and `unit` each. */
  settings: z.record(z.string(), z.unknown()),
  /** The same settings as forms and options are made from them. */
  fields: z.array(describedSettingSchema),
  curve: curveSchema.optional(),
});
export type MethodDescriptor = z.infer<typeof methodDescriptorSchema>;
