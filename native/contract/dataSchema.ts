import { z } from 'zod';

/**
 * How columns become network inputs and outputs: everything a trained model needs to be used on a new table. It is
 * fitted once on the training rows and stored in the run folder.
 */

/** Scaled value = (value - shift) / scale. `fill` replaces a missing value; without it the row has no prediction. */
export const modelInputSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('number'),
    column: z.string(),
    shift: z.number(),
    scale: z.number(),
    fill: z.number().optional(),
  }),
  /**
   * One unscaled 0/1 feature per category. A missing category is the empty text; if that is not among `categories`, it
   * is all zeros, like an unseen category.
   */
  z.object({
    kind: z.literal('one-hot'),
    column: z.string(),
    categories: z.array(z.string()),
    /** Whether a row with a missing category has a prediction. */
    acceptsMissing: z.boolean(),
  }),
  /** Categories in order become 0, 1, 2, ... and are then scaled like a number. */
  z.object({
    kind: z.literal('ordinal'),
    column: z.string(),
    order: z.array(z.string()),
    shift: z.number(),
    scale: z.number(),
    /** Code (before scaling) of a missing category. */
    fill: z.number().optional(),
  }),
]);
export type ModelInput = z.infer<typeof modelInputSchema>;

/** The text of a missing category. No category of a table is empty. */
export const missingCategory = '';

/** Value in the target's units = network output * scale. */
export const modelTargetSchema = z.object({ name: z.string(), scale: z.number().positive() });

export const dataSchemaSchema = z.object({
  /** Inputs in the order of the network's features. */
  inputs: z.array(modelInputSchema).min(1),
  targets: z.array(modelTargetSchema).min(1),
});
export type DataSchema = z.infer<typeof dataSchemaSchema>;

/** Number of network inputs of one column. */
export const featureCount = (input: ModelInput): number => (input.kind === 'one-hot' ? input.categories.length : 1);

/** Number of network inputs of all columns. */
export const countFeatures = (inputs: readonly ModelInput[]): number =>
  inputs.reduce((sum, input) => sum + featureCount(input), 0);
