import { z } from 'zod';
import { runConfigurationSchema } from './configuration.ts';
import { dataSchemaSchema } from './dataSchema.ts';
import { errorMessageSchema } from './errors.ts';
import { evidenceSchema, splitReportsSchema, trainingResultSchema } from './results.ts';

/** Where a run stands. `interrupted` is what a run folder says whose process is gone. */
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

/** Whether a process works on such a run or will: it is not over. */
export const isActive = (state: RunState): boolean => activeStates.includes(state);

/** Whether something is computed for such a run at the moment. */
export const isComputing = (state: RunState): boolean => state === 'preparing' || state === 'training';

/** Whether such a run ended before it was done, without anybody wanting it. */
export const endedEarly = (state: RunState): boolean => state === 'interrupted' || state === 'failed';

/** Whether such a run can be gone on with from its last checkpoint. */
export const canGoOn = (state: RunState): boolean => endedEarly(state) || state === 'stopped';

/** What may change while a run is paused; replayed when the run is repeated. */
export const runChangeSchema = z.strictObject({
  /** Takes effect before this step (counted from 0). */
  step: z.int().min(0),
  epochs: z.int().min(1).optional(),
  learningRate: z.number().positive().optional(),
  /** Settings of the constraint method, only those its descriptor marks as changeable. */
  methodSettings: z.record(z.string(), z.unknown()).optional(),
});
export type RunChange = z.infer<typeof runChangeSchema>;

/** What a paused run may be told when it goes on. */
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
  configuration: runConfigurationSchema,
  changes: z.array(runChangeSchema),
  data: z.object({ source: z.string(), sha256: z.string(), bytes: z.int() }).optional(),
  /** How columns become features; known once the data was read. */
  schema: dataSchemaSchema.optional(),
  versions: z.object({
    orthant: z.string(),
    engine: z.string().optional(),
    /** How steps are carried out; a run that goes on does it in the same way where it can. */
    execution: trainingResultSchema.shape.execution.optional(),
    node: z.string(),
    platform: z.string(),
  }),
  /** The process that writes this folder; absent when none does. */
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
  /** Epochs asked for. */
  epochs: z.int(),
  /** Epochs trained, of a run that has a result: fewer than asked for where it was stopped. */
  trained: z.int().optional(),
  evidence: evidenceSchema.optional(),
  splits: splitReportsSchema.optional(),
  /** Of a run that can be gone on with: epochs completed at the checkpoint it would go on from; none: from the start. */
  checkpoint: z.int().min(0).optional(),
  /** Why a folder could not be read; the other fields are then best guesses. */
  damaged: z.string().optional(),
});
export type RunSummary = z.infer<typeof runSummarySchema>;
