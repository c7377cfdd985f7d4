import { z } from 'zod';
import { automaticChoice, describedSettingSchema } from './describedSetting.ts';

/** Strength of a method's promise. */
export const promiseSchema = z.enum(['none', 'encourages', 'at-convergence', 'for-every-input']);
export type MethodPromise = z.infer<typeof promiseSchema>;

/** Titles under which methods are listed, the strongest promise first. */
const promiseGroups: readonly { title: string; text: string; promises: readonly MethodPromise[] }[] = [
  {
    title: 'For every input',
    text: 'No input can give an output below its bound; the stored weights prove it.',
    promises: ['for-every-input'],
  },
  {
    title: 'On the training rows',
    text: 'Training rows come up to their bound or close to it; other inputs may be below.',
    promises: ['at-convergence', 'encourages'],
  },
  { title: 'No promise', text: 'Outputs may be below the bound anywhere.', promises: ['none'] },
];

/** Methods under the titles of their promises, in the given order; titles without a method are left out. */
export const groupedByPromise = <Method extends { readonly promise: MethodPromise }>(
  methods: readonly Method[],
): { title: string; text: string; methods: Method[] }[] =>
  promiseGroups
    .map(({ title, text, promises }) => ({
      title,
      text,
      methods: methods.filter(({ promise }) => promises.includes(promise)),
    }))
    .filter((group) => group.methods.length > 0);

/** The choice `auto` of a method, which is recommended. */
export const automaticMethod = {
  id: 'auto',
  title: automaticChoice.title,
  summary: 'The method is chosen for the table when training starts. The result says which one it was.',
} as const;

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
