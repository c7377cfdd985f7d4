import { z } from 'zod';
import { constraintSettingsSchema } from './constraintSettings.ts';
import { dataSettingsSchema, type DataSettings } from './dataSettings.ts';
import { networkSettingsSchema, type NetworkSettings } from './networkSettings.ts';
import { runtimeSettingsSchema } from './runtimeSettings.ts';
import { trainingSettingsSchema, type TrainingSettings } from './trainingSettings.ts';

export * from './constraintSettings.ts';
export * from './dataSettings.ts';
export * from './networkSettings.ts';
export * from './runtimeSettings.ts';
export * from './trainingSettings.ts';

/**
 * The run configuration: the document that describes a run, saved as `*.orthant`, recorded in `run.json` and sent to
 * the engine. It holds everything needed to repeat the run except the data file itself.
 */
export const runConfigurationSchema = z.strictObject({
  /** Version of this document's format. */
  orthant: z.literal(1).default(1),
  data: dataSettingsSchema,
  network: networkSettingsSchema.prefault({}),
  constraint: constraintSettingsSchema.prefault({}),
  training: trainingSettingsSchema.prefault({}),
  name: z.string().max(200).optional().meta({
    title: 'Name',
    description: 'name of the run in the list of runs',
    flag: '--name <text>',
  }),
  runtime: runtimeSettingsSchema.prefault({}),
});
/** A whole configuration with its defaults filled in. */
export type RunConfiguration = z.infer<typeof runConfigurationSchema>;

/** Settings without `auto`. */
type Settled<Settings> = { [Name in keyof Settings]: Exclude<Settings[Name], 'auto'> };

/** A configuration in which no value is left to be chosen for the table: training accepts only these. */
export interface SettledConfiguration extends RunConfiguration {
  data: Settled<DataSettings>;
  network: Settled<NetworkSettings>;
  training: Settled<TrainingSettings>;
}

/** A configuration as a user writes it: everything with a default may be left out. */
export type RunConfigurationInput = z.input<typeof runConfigurationSchema>;
