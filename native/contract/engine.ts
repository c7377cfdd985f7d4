import { z } from 'zod';
import {
  dataSettingsSchema,
  dataSourceSchema,
  dialectSchema,
  runConfigurationSchema,
  runtimeSettingsSchema,
} from './configuration.ts';
import { doctorReportSchema } from './doctorReport.ts';
import { errorMessageSchema, type ErrorCode } from './errors.ts';
import { exportFormatIds } from './exportFormats.ts';
import { methodDescriptorSchema } from './methodDescriptor.ts';
import { epochMetricsSchema, exportReportSchema, splitNames, trainingResultSchema } from './results.ts';
import { leftOutSchema } from './rowCounts.ts';
import { pausedChangeSchema, runChangeSchema, runRecordSchema, runStateSchema, runSummarySchema } from './runRecord.ts';
import { describedSettingSchema } from './describedSetting.ts';
import {
  cellSchema,
  histogramSchema,
  inspectionSchema,
  preparationSchema,
  rowsPageSchema,
  sampleSchema,
  warningSchema,
} from './inspection.ts';

/**
 * Every call and event of the engine process. The entry has two roles, each a separate process: `data` reads tables and
 * run folders, `train` trains, predicts and exports with TensorFlow. So tables stay readable while training runs or
 * after it has crashed.
 */
export const engineRoles = ['data', 'train'] as const;
export type EngineRole = (typeof engineRoles)[number];

/**
 * The variables of `trainEnvironment` that must be set before the process starts. The process sets the others itself
 * before it loads TensorFlow.
 */
export const startVariables: readonly string[] = ['LD_LIBRARY_PATH'];

/** One declared call: the role that answers it, its request, its answer, and its errors besides the common ones. */
export interface CallDeclaration<Request extends z.ZodType = z.ZodType, Answer extends z.ZodType = z.ZodType> {
  readonly role: EngineRole;
  readonly request: Request;
  readonly answer: Answer;
  readonly errors: readonly ErrorCode[];
}

const call = <Request extends z.ZodType, Answer extends z.ZodType>(
  role: EngineRole,
  request: Request,
  answer: Answer,
  errors: readonly ErrorCode[],
): CallDeclaration<Request, Answer> => ({ role, request, answer, errors });

const noErrors: readonly ErrorCode[] = [];
/** Errors of calls that open a table. */
const tableErrors: readonly ErrorCode[] = ['data', 'file'];
/** Errors of calls that open a run folder. */
const runErrors: readonly ErrorCode[] = ['run', 'file'];
/** Errors of calls that start or control a run. */
const trainingErrors: readonly ErrorCode[] = [...runErrors, 'configuration', 'engine'];
/** Errors of calls that use a run's model: its folder, its data, the library. */
const modelErrors: readonly ErrorCode[] = [...trainingErrors, 'data', 'export'];

const nothing = z.strictObject({});
/** The part of the data settings that decides how a table is read. */
export const tableRequestSchema = z.strictObject({
  source: dataSourceSchema,
  dialect: dialectSchema.default({}),
  skipBadRows: z.boolean().default(false),
});
const run = z.strictObject({ run: z.string().min(1) });
/**
 * `row` is the number of the row in the table, from 1. A header and unreadable rows that were left out do not count.
 */
const predictionSchema = z.object({ row: z.int(), target: z.array(z.number()), prediction: z.array(z.number()) });
/** The ends of each target's interval; absent if the model has no intervals. */
const endsSchema = z.object({ low: z.array(z.number()).optional(), high: z.array(z.number()).optional() });

/** The calls that a window may make too: its host passes them on. */
export const forwardedCalls = {
  // Data.
  samples: call('data', nothing, z.array(sampleSchema), tableErrors),
  /** The recommended configuration of a sample, as a whole document. */
  sampleConfiguration: call('data', z.strictObject({ id: z.string() }), runConfigurationSchema, [
    ...tableErrors,
    'configuration',
  ]),
  inspect: call('data', tableRequestSchema, inspectionSchema, tableErrors),
  rows: call(
    'data',
    tableRequestSchema.extend({ offset: z.int().min(0), limit: z.int().min(1).max(1000) }),
    rowsPageSchema,
    tableErrors,
  ),
  histogram: call(
    'data',
    tableRequestSchema.extend({ column: z.string(), bins: z.int().min(1).max(200).default(30) }),
    histogramSchema,
    tableErrors,
  ),
  /** The effect of split, encoding and scaling. */
  prepare: call('data', z.strictObject({ data: dataSettingsSchema }), preparationSchema, [
    ...tableErrors,
    'configuration',
  ]),

  // Methods, settings, and the check of a configuration.
  methods: call('data', nothing, z.array(methodDescriptorSchema), noErrors),
  /** The settings of a run configuration, without those of its method. */
  settings: call('data', nothing, z.array(describedSettingSchema), noErrors),
  /** Checks a configuration without reading its data; throws errors, answers warnings. */
  check: call('data', z.strictObject({ configuration: runConfigurationSchema }), z.array(warningSchema), [
    'configuration',
  ]),

  /**
   * Variables to add to the environment of a `train` process for runs with these settings; some must be set before the
   * process starts. Empty if nothing is needed, as on every machine without a graphics card.
   */
  trainEnvironment: call('data', runtimeSettingsSchema, z.record(z.string(), z.string()), ['engine']),

  // Run folders.
  runs: call('data', nothing, z.array(runSummarySchema), runErrors),
  runRecord: call('data', run, runRecordSchema, runErrors),
  /** The metrics of every epoch; of more than `most` epochs, an evenly spaced selection that includes the best one. */
  runMetrics: call('data', run.extend({ most: z.int().min(2).optional() }), z.array(epochMetricsSchema), runErrors),
  /** Epoch and step of each checkpoint, in order; of very many, an evenly spaced selection. */
  runCheckpoints: call('data', run, z.array(z.object({ epoch: z.int(), step: z.int() })), runErrors),

  renameRun: call('data', run.extend({ name: z.string().min(1).max(200) }), runRecordSchema, runErrors),
  /** Moves a run to the bin; `restoreRun` brings it back until the bin is emptied. */
  deleteRun: call('data', run, z.object({ binned: z.string() }), runErrors),
  restoreRun: call('data', z.strictObject({ binned: z.string().min(1) }), z.object({ run: z.string() }), runErrors),

  // Training.
  /** Loads the library for runs with these settings before the first of them; does nothing while a run is active. */
  load: call('train', runtimeSettingsSchema, nothing, ['engine']),
  /** Answers when the run is accepted (queued or started); its progress is sent as events. */
  start: call(
    'train',
    z.strictObject({
      configuration: runConfigurationSchema,
      out: z.string().min(1).optional(),
      /** Changes made while an earlier run was paused, replayed when it is repeated. */
      changes: z.array(runChangeSchema).default([]),
    }),
    z.object({ run: z.string() }),
    trainingErrors,
  ),
  /** Resumes from the last complete checkpoint. */
  resumeRun: call('train', run, z.object({ run: z.string() }), trainingErrors),
  pause: call('train', run, nothing, trainingErrors),
  resume: call('train', run.extend({ change: pausedChangeSchema.optional() }), nothing, trainingErrors),
  /** Trains one epoch of a paused run and pauses again. */
  oneEpoch: call('train', run.extend({ change: pausedChangeSchema.optional() }), nothing, trainingErrors),
  /** Ends the run with a checkpoint, and with evidence and export of its best snapshot. */
  stop: call('train', run, nothing, trainingErrors),
  status: call(
    'train',
    nothing,
    z.object({ current: z.string().optional(), state: runStateSchema.optional(), queued: z.array(z.string()) }),
    noErrors,
  ),
  doctor: call('train', nothing, doctorReportSchema, ['engine']),

  // Predictions and exports of a run's best snapshot.
  /** Predictions and targets of a split, in the targets' units. */
  predictions: call(
    'train',
    run.extend({ split: z.enum(splitNames), limit: z.int().min(1).max(100_000).default(2000) }),
    z.object({ targets: z.array(z.string()), rows: z.array(predictionSchema) }),
    modelErrors,
  ),
  /** The rows of all splits with the lowest predictions of one output, lowest first. */
  worstRows: call(
    'train',
    run.extend({ target: z.string(), limit: z.int().min(1).max(1000).default(20) }),
    z.object({ targets: z.array(z.string()), rows: z.array(predictionSchema.extend({ split: z.enum(splitNames) })) }),
    modelErrors,
  ),
  export: call(
    'train',
    run.extend({
      format: z.enum(exportFormatIds),
      out: z.string().min(1),
      /** Adds the ends of the intervals to the outputs of an ONNX graph. */
      intervals: z.boolean().default(false),
    }),
    z.object({ file: z.string(), report: exportReportSchema }),
    modelErrors,
  ),
  /** Predictions for the rows of another table, by the model of a run folder or an ONNX file. */
  predict: call(
    'train',
    z.strictObject({
      model: z.string().min(1),
      table: tableRequestSchema,
      /** Writes all predictions as CSV. */
      out: z.string().min(1).optional(),
      /** The most rows in the answer. */
      limit: z.int().min(0).max(10_000).default(10),
      /** Whether predictions come with intervals, if the model has them. */
      intervals: z.boolean().default(true),
    }),
    z.object({
      targets: z.array(z.string()),
      rows: z.int(),
      /** Rows without a prediction, by reason. */
      skipped: leftOutSchema,
      negative: z.array(z.int()),
      minimum: z.array(z.number()),
      /** Categories the model has never seen, by column. */
      unseen: z.record(z.string(), z.array(z.string())),
      /** Level of the intervals; absent without them. */
      level: z.number().optional(),
      predictions: z.array(predictionSchema.omit({ target: true }).extend(endsSchema.shape)),
      file: z.string().optional(),
    }),
    modelErrors,
  ),
  /** Prediction for one row that the user typed: a value per input column, numbers as numbers, categories as text. */
  predictRow: call(
    'train',
    z.strictObject({ model: z.string().min(1), values: z.record(z.string(), cellSchema) }),
    z.object({
      targets: z.array(z.string()),
      prediction: z.array(z.number()),
      level: z.number().optional(),
      ...endsSchema.shape,
      /** Columns whose category the model has never seen. */
      unseen: z.array(z.string()),
    }),
    modelErrors,
  ),
} as const;

export const engineCalls = {
  ...forwardedCalls,
  /**
   * Reports whether a window is watching; true until reported otherwise. While no window is, no `metrics` are sent, and
   * `progress` at most every two seconds: the run folder has all of it. Answered once it is in effect.
   */
  setWatched: call('train', z.strictObject({ watched: z.boolean() }), nothing, noErrors),
} as const;

export type EngineCalls = typeof engineCalls;
export type EngineCallName = keyof EngineCalls;
/** A request as the caller writes it. */
export type CallRequest<Name extends EngineCallName> = z.input<EngineCalls[Name]['request']>;
/** A request as the handler receives it, with its defaults filled in. */
export type ParsedRequest<Name extends EngineCallName> = z.output<EngineCalls[Name]['request']>;
export type CallAnswer<Name extends EngineCallName> = z.output<EngineCalls[Name]['answer']>;

/**
 * Events of the `train` role. Metrics report every epoch that is watched; progress comes at most ten times a second.
 */
export const engineEventSchema = z.discriminatedUnion('event', [
  z.object({
    event: z.literal('phase'),
    run: z.string(),
    state: runStateSchema,
    /** The current activity, for the user: "reading diamonds.csv". */
    message: z.string(),
  }),
  z.object({
    event: z.literal('progress'),
    run: z.string(),
    /** The current epoch, from 1. */
    epoch: z.int(),
    epochs: z.int(),
    /** Steps done of all `steps` of the run. */
    step: z.int(),
    steps: z.int(),
    /** Mean objective over the steps since the last such event. */
    objective: z.number(),
    secondsLeft: z.number(),
  }),
  z.object({ event: z.literal('metrics'), run: z.string(), metrics: epochMetricsSchema }),
  /** A checkpoint was written. The first event of a resumed run is the checkpoint from which it was resumed. */
  z.object({ event: z.literal('checkpoint'), run: z.string(), epoch: z.int(), step: z.int() }),
  z.object({ event: z.literal('warning'), run: z.string(), warning: warningSchema }),
  z.object({ event: z.literal('finished'), run: z.string(), result: trainingResultSchema }),
  z.object({ event: z.literal('failed'), run: z.string(), error: errorMessageSchema }),
]);
export type EngineEvent = z.infer<typeof engineEventSchema>;

/** One message of the `train` role: events in their order. */
export const engineEventsSchema = z.array(engineEventSchema);
