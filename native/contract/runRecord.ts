import { z } from 'zod';
import { runConfigurationSchema } from './configuration.ts';
import { dataSchemaSchema } from './dataSchema.ts';
import { errorMessageSchema } from './errors.ts';
import { chosenSchema, evidenceSchema, splitReportsSchema, trainingResultSchema } from './results.ts';

/** States of a run. `interrupted`: the process of the run ended before the run did. */
export const runStates = [
  'queued',
  'preparing',
  'training',
  'paused',
  'finished',
  'stopped',
  'failed',
  'interrupted',
] as const;
export const runStateSchema = z.enum(runStates);
export type RunState = z.infer<typeof runStateSchema>;

const activeStates: readonly RunState[] = ['queued', 'preparing', 'training', 'paused'];

/** Whether a run with this state is not over: a process works on it or will. */
export const isActive = (state: RunState): boolean => activeStates.includes(state);

/** Whether a process is computing for a run with this state. */
export const isComputing = (state: RunState): boolean => state === 'preparing' || state === 'training';

/** Whether a run with this state ended before it was done, not at the user's request. */
export const endedEarly = (state: RunState): boolean => state === 'interrupted' || state === 'failed';

/** Whether a run with this state can be resumed from its last checkpoint. */
export const canResume = (state: RunState): boolean => endedEarly(state) || state === 'stopped';

/** A change made while a run was paused; replayed when the run is repeated. */
export const runChangeSchema = z.strictObject({
  /** The change takes effect before this step (counted from 0). */
  step: z.int().min(0),
  epochs: z.int().min(1).optional(),
  learningRate: z.number().positive().optional(),
  /** Settings of the constraint method that its descriptor marks as changeable. */
  methodSettings: z.record(z.string(), z.unknown()).optional(),
});
export type RunChange = z.infer<typeof runChangeSchema>;

/** A change that a caller may make when it resumes a paused run. */
export const pausedChangeSchema = runChangeSchema.omit({ step: true });
export type PausedChange = z.infer<typeof pausedChangeSchema>;

/** `run.json`: everything needed to repeat the run. */
export const runRecordSchema = z.object({
  format: z.literal(1),
  id: z.string(),
  name: z.string(),
  created: z.iso.datetime(),
  updated: z.iso.datetime(),
  state: runStateSchema,
  /** As asked until the data were read; from then on without `auto`. */
  configuration: runConfigurationSchema,
  /** What was chosen for the table, where the user asked for `auto`. */
  chosen: chosenSchema.optional(),
  changes: z.array(runChangeSchema),
  data: z.object({ source: z.string(), sha256: z.string(), bytes: z.int() }).optional(),
  /** How columns become features; known after the data was read. */
  schema: dataSchemaSchema.optional(),
  versions: z.object({
    orthant: z.string(),
    engine: z.string().optional(),
    /** How steps are executed; a resumed run uses the same execution if it can. */
    execution: trainingResultSchema.shape.execution.optional(),
    node: z.string(),
    platform: z.string(),
  }),
  /** The process that writes this folder; absent if no process does. */
  lock: z.object({ pid: z.int(), started: z.number() }).optional(),
  result: trainingResultSchema.optional(),
  error: errorMessageSchema.optional(),
});
export type RunRecord = z.infer<typeof runRecordSchema>;

/** One line of the list of runs. */
export const runSummarySchema = z.object({
  run: z.string(),
  id: z.string(),
  name: z.string(),
  created: z.string(),
  state: runStateSchema,
  method: z.string(),
  source: z.string(),
  /** Epochs in the configuration; absent until they are chosen for the table. */
  epochs: z.int().optional(),
  /** Epochs trained, if the run has a result; fewer than `epochs` if it was stopped. */
  trained: z.int().optional(),
  evidence: evidenceSchema.optional(),
  splits: splitReportsSchema.optional(),
  /** Epochs completed at the checkpoint from which the run can be resumed; absent: from the beginning. */
  checkpoint: z.int().min(0).optional(),
  /** The reason why the folder could not be read; the other fields are then guesses. */
  damaged: z.string().optional(),
});
export type RunSummary = z.infer<typeof runSummarySchema>;
