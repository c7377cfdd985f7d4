import { z } from 'zod';
import {
  dataSettingsSchema,
  dataSourceSchema,
  dialectSchema,
  runConfigurationSchema,
  runtimeSettingsSchema,
} from './configuration.ts';
import { doctorReportSchema } from './doctor.ts';
import { errorMessageSchema, type ErrorCode } from './errors.ts';
import { exportFormatIds } from './exportFormats.ts';
import { methodDescriptorSchema } from './methods.ts';
import { epochMetricsSchema, exportReportSchema, splitNames, trainingResultSchema } from './results.ts';
import { pausedChangeSchema, runChangeSchema, runRecordSchema, runStateSchema, runSummarySchema } from './runs.ts';
import { describedSettingSchema } from './settings.ts';
import {
  cellSchema,
  histogramSchema,
  inspectionSchema,
  preparationSchema,
  rowsPageSchema,
  sampleSchema,
  warningSchema,
} from './table.ts';

/**
 * Every call and event of the engine process. The entry has two roles, each a process of its own: `data` looks at
 * tables and run folders, `train` trains, predicts and exports with TensorFlow. Looking at tables thus survives
 * training and its crash.
 */
export const engineRoles = ['data', 'train'] as const;
export type EngineRole = (typeof engineRoles)[number];

/**
 * The variables of `trainEnvironment` that count only if they are set before the process starts; the others it sets by
 * itself before it loads TensorFlow.
 */
export const startVariables: readonly string[] = ['LD_LIBRARY_PATH'];

/** One declared call: who answers it, what it takes, what it gives, how it may fail beside the common errors. */
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

const none: readonly ErrorCode[] = [];
/** Of what opens a table. */
const ofTable: readonly ErrorCode[] = ['data', 'file'];
/** Of what opens a run folder. */
const ofRun: readonly ErrorCode[] = ['run', 'file'];
/** Of what begins a run or steers it. */
const ofTraining: readonly ErrorCode[] = [...ofRun, 'configuration', 'engine'];
/** Of what asks a run's model: its folder, its data, the library. */
const ofModel: readonly ErrorCode[] = [...ofTraining, 'data', 'export'];

const nothing = z.strictObject({});
/** How a table is opened: the part of the data settings that decides what is read. */
export const tableRequestSchema = z.strictObject({
  source: dataSourceSchema,
  dialect: dialectSchema.default({}),
  skipBadRows: z.boolean().default(false),
});
const run = z.strictObject({ run: z.string().min(1) });
/** `row` is its number in the table, from 1, as people count: neither a header nor rows left out as unreadable count. */
const predictionSchema = z.object({ row: z.int(), target: z.array(z.number()), prediction: z.array(z.number()) });

/** The calls that a window may make, too: its host passes them on. */
export const forwardedCalls = {
  // Looking at data.
  samples: call('data', nothing, z.array(sampleSchema), ofTable),
  /** The recommended configuration of a sample, as a whole document. */
  sampleConfiguration: call('data', z.strictObject({ id: z.string() }), runConfigurationSchema, [
    ...ofTable,
    'configuration',
  ]),
  inspect: call('data', tableRequestSchema, inspectionSchema, ofTable),
  rows: call(
    'data',
    tableRequestSchema.extend({ offset: z.int().min(0), limit: z.int().min(1).max(1000) }),
    rowsPageSchema,
    ofTable,
  ),
  histogram: call(
    'data',
    tableRequestSchema.extend({ column: z.string(), bins: z.int().min(1).max(200).default(30) }),
    histogramSchema,
    ofTable,
  ),
  /** What split, encoding and scaling will do. */
  prepare: call('data', z.strictObject({ data: dataSettingsSchema }), preparationSchema, [...ofTable, 'configuration']),

  // What there is to choose from, and whether a configuration fits.
  methods: call('data', nothing, z.array(methodDescriptorSchema), none),
  /** The settings of a run configuration, but those of its method. */
  settings: call('data', nothing, z.array(describedSettingSchema), none),
  /** Checks a configuration without reading its data; throws what is wrong, answers what deserves a warning. */
  check: call('data', z.strictObject({ configuration: runConfigurationSchema }), z.array(warningSchema), [
    'configuration',
  ]),

  /**
   * Variables to be added to the environment in which a `train` process is started for such runs: some count only
   * before a process starts. Empty where nothing is needed, as on every machine without a card.
   */
  trainEnvironment: call('data', runtimeSettingsSchema, z.record(z.string(), z.string()), ['engine']),

  // Run folders.
  runs: call('data', nothing, z.array(runSummarySchema), ofRun),
  runRecord: call('data', run, runRecordSchema, ofRun),
  /** What every epoch was measured at; of more than `most` epochs only some, evenly spaced, the best one among them. */
  runMetrics: call('data', run.extend({ most: z.int().min(2).optional() }), z.array(epochMetricsSchema), ofRun),
  /** Where the run stood when its checkpoints were written, in their order; of very many only some, evenly spaced. */
  runCheckpoints: call('data', run, z.array(z.object({ epoch: z.int(), step: z.int() })), ofRun),

  renameRun: call('data', run.extend({ name: z.string().min(1).max(200) }), runRecordSchema, ofRun),
  /** Moves a run out of sight; `restoreRun` brings it back until the bin is emptied. */
  deleteRun: call('data', run, z.object({ binned: z.string() }), ofRun),
  restoreRun: call('data', z.strictObject({ binned: z.string().min(1) }), z.object({ run: z.string() }), ofRun),

  // Training.
  /** Loads the library that such runs need, ahead of the first of them; does nothing while a run is at work. */
  load: call('train', runtimeSettingsSchema, nothing, ['engine']),
  /** Answers when the run is accepted (queued or started); what happens to it comes as events. */
  start: call(
    'train',
    z.strictObject({
      configuration: runConfigurationSchema,
      out: z.string().min(1).optional(),
      /** Changes made while an earlier run was paused, replayed when it is repeated. */
      changes: z.array(runChangeSchema).default([]),
    }),
    z.object({ run: z.string() }),
    ofTraining,
  ),
  /** Goes on from the last whole checkpoint. */
  resumeRun: call('train', run, z.object({ run: z.string() }), ofTraining),
  pause: call('train', run, nothing, ofTraining),
  resume: call('train', run.extend({ change: pausedChangeSchema.optional() }), nothing, ofTraining),
  /** Trains one epoch of a paused run and pauses again. */
  oneEpoch: call('train', run.extend({ change: pausedChangeSchema.optional() }), nothing, ofTraining),
  /** Ends the run with a checkpoint, evidence and export of its best snapshot. */
  stop: call('train', run, nothing, ofTraining),
  status: call(
    'train',
    nothing,
    z.object({ current: z.string().optional(), state: runStateSchema.optional(), queued: z.array(z.string()) }),
    none,
  ),
  doctor: call('train', nothing, doctorReportSchema, ['engine']),

  // What a run's best snapshot says.
  /** Predictions of a split beside the targets, in the targets' own units. */
  predictions: call(
    'train',
    run.extend({ split: z.enum(splitNames), limit: z.int().min(1).max(100_000).default(2000) }),
    z.object({ targets: z.array(z.string()), rows: z.array(predictionSchema) }),
    ofModel,
  ),
  /** The rows with the lowest predictions of one output over all splits, lowest first. */
  worstRows: call(
    'train',
    run.extend({ target: z.string(), limit: z.int().min(1).max(1000).default(20) }),
    z.object({ targets: z.array(z.string()), rows: z.array(predictionSchema.extend({ split: z.enum(splitNames) })) }),
    ofModel,
  ),
  export: call(
    'train',
    run.extend({ format: z.enum(exportFormatIds), out: z.string().min(1) }),
    z.object({ file: z.string(), report: exportReportSchema }),
    ofModel,
  ),
  /** Predictions of a run folder's or an ONNX file's model for the rows of another table. */
  predict: call(
    'train',
    z.strictObject({
      model: z.string().min(1),
      table: tableRequestSchema,
      /** Writes all predictions as CSV. */
      out: z.string().min(1).optional(),
      /** How many rows the answer holds. */
      limit: z.int().min(0).max(10_000).default(10),
    }),
    z.object({
      targets: z.array(z.string()),
      rows: z.int(),
      /** Rows without prediction (an input is missing), by reason. */
      skipped: z.array(z.object({ reason: z.string(), rows: z.int() })),
      negative: z.array(z.int()),
      minimum: z.array(z.number()),
      /** Categories the model has never seen, by column. */
      unseen: z.record(z.string(), z.array(z.string())),
      predictions: z.array(predictionSchema.omit({ target: true })),
      file: z.string().optional(),
    }),
    ofModel,
  ),
  /** Prediction for one row typed by hand: a value for each input column, numbers as numbers, categories as text. */
  predictRow: call(
    'train',
    z.strictObject({ model: z.string().min(1), values: z.record(z.string(), cellSchema) }),
    z.object({
      targets: z.array(z.string()),
      prediction: z.array(z.number()),
      /** Columns whose category the model has never seen. */
      unseen: z.array(z.string()),
    }),
    ofModel,
  ),
} as const;

export const engineCalls = {
  ...forwardedCalls,
  /**
   * Whether anybody looks at what is measured, as is taken for granted until it is told. While nobody does, no `metrics`
   * are sent, and `progress` at most every two seconds: the run folder has all of it. Answered once it holds.
   */
  setWatched: call('train', z.strictObject({ watched: z.boolean() }), nothing, none),
} as const;

export type EngineCalls = typeof engineCalls;
export type EngineCallName = keyof EngineCalls;
/** What a caller writes. */
export type CallRequest<Name extends EngineCallName> = z.input<EngineCalls[Name]['request']>;
/** What a handler receives, defaults filled in. */
export type ParsedRequest<Name extends EngineCallName> = z.output<EngineCalls[Name]['request']>;
export type CallAnswer<Name extends EngineCallName> = z.output<EngineCalls[Name]['answer']>;

/** Events of the `train` role. Metrics carry every epoch that is watched; progress comes at most ten times a second. */
export const engineEventSchema = z.discriminatedUnion('event', [
  z.object({
    event: z.literal('phase'),
    run: z.string(),
    state: runStateSchema,
    /** What is being done, for a person: "reading diamonds.csv". */
    message: z.string(),
  }),
  z.object({
    event: z.literal('progress'),
    run: z.string(),
    /** The epoch at work, from 1. */
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
  /** A checkpoint was written; of a run that goes on, at first the one from which it does. */
  z.object({ event: z.literal('checkpoint'), run: z.string(), epoch: z.int(), step: z.int() }),
  z.object({ event: z.literal('warning'), run: z.string(), warning: warningSchema }),
  z.object({ event: z.literal('finished'), run: z.string(), result: trainingResultSchema }),
  z.object({ event: z.literal('failed'), run: z.string(), error: errorMessageSchema }),
]);
export type EngineEvent = z.infer<typeof engineEventSchema>;

/** What one message of the `train` role carries: events in their order. */
export const engineEventsSchema = z.array(engineEventSchema);
