import { z } from 'zod';
import {
  dataSettingsSchema,
  dataSourceSchema,
  dialectSchema,
  runConfigurationSchema,
  runtimeSettingsSchema,
} from './configuration.ts';
import { doctorReportSchema } from './doctor.ts';
import { errorMessageSchema } from './errors.ts';
import { methodDescriptorSchema } from './methods.ts';
import { epochMetricsSchema, exportReportSchema, splitNames, trainingResultSchema } from './results.ts';
import { runChangeSchema, runRecordSchema, runStateSchema, runSummarySchema } from './runs.ts';
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

/** One declared call: who answers it, what it takes, what it gives. */
export interface CallDeclaration<Request extends z.ZodType = z.ZodType, Answer extends z.ZodType = z.ZodType> {
  readonly role: EngineRole;
  readonly request: Request;
  readonly answer: Answer;
}

const call = <Request extends z.ZodType, Answer extends z.ZodType>(
  role: EngineRole,
  request: Request,
  answer: Answer,
): CallDeclaration<Request, Answer> => ({ role, request, answer });

const nothing = z.strictObject({});
/** How a table is opened: the part of the data settings that decides what is read. */
export const tableRequestSchema = z.strictObject({
  source: dataSourceSchema,
  dialect: dialectSchema.default({}),
  skipBadRows: z.boolean().default(false),
});
const run = z.strictObject({ run: z.string().min(1) });
const predictionSchema = z.object({ row: z.int(), target: z.array(z.number()), prediction: z.array(z.number()) });

export const exportFormats = ['onnx-json', 'onnx', 'safetensors'] as const;

export const engineCalls = {
  // Looking at data.
  samples: call('data', nothing, z.array(sampleSchema)),
  /** The recommended configuration of a sample, as a whole document. */
  sampleConfiguration: call('data', z.strictObject({ id: z.string() }), runConfigurationSchema),
  inspect: call('data', tableRequestSchema, inspectionSchema),
  rows: call(
    'data',
    tableRequestSchema.extend({ offset: z.int().min(0), limit: z.int().min(1).max(1000) }),
    rowsPageSchema,
  ),
  histogram: call(
    'data',
    tableRequestSchema.extend({ column: z.string(), bins: z.int().min(1).max(200).default(30) }),
    histogramSchema,
  ),
  /** What split, encoding and scaling will do. */
  prepare: call('data', z.strictObject({ data: dataSettingsSchema }), preparationSchema),

  // What there is to choose from, and whether a configuration fits.
  methods: call('data', nothing, z.array(methodDescriptorSchema)),
  /** Checks a configuration without reading its data; throws what is wrong, answers what deserves a warning. */
  check: call('data', z.strictObject({ configuration: runConfigurationSchema }), z.array(warningSchema)),

  /**
   * Variables to be added to the environment in which a `train` process is started for such runs: some count only
   * before a process starts. Empty where nothing is needed, as on every machine without a card.
   */
  trainEnvironment: call('data', runtimeSettingsSchema, z.record(z.string(), z.string())),

  // Run folders.
  runs: call('data', nothing, z.array(runSummarySchema)),
  runRecord: call('data', run, runRecordSchema),
  /** What every epoch was measured at; of more than `most` epochs only some, evenly spaced, the best one among them. */
  runMetrics: call('data', run.extend({ most: z.int().min(2).optional() }), z.array(epochMetricsSchema)),
  /** The checkpoints that are kept, in the order in which they were written. */
  runCheckpoints: call('data', run, z.array(z.object({ epoch: z.int(), step: z.int() }))),

  renameRun: call('data', run.extend({ name: z.string().min(1).max(200) }), runRecordSchema),
  /** Moves a run out of sight; `restoreRun` brings it back until the bin is emptied. */
  deleteRun: call('data', run, z.object({ binned: z.string() })),
  restoreRun: call('data', z.strictObject({ binned: z.string().min(1) }), z.object({ run: z.string() })),

  // Training.
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
  ),
  /** Goes on from the last whole checkpoint. */
  resumeRun: call('train', run, z.object({ run: z.string() })),
  pause: call('train', run, nothing),
  resume: call('train', run.extend({ change: runChangeSchema.omit({ step: true }).optional() }), nothing),
  /** Trains one epoch of a paused run and pauses again. */
  oneEpoch: call('train', run, nothing),
  /** Ends the run with a checkpoint, evidence and export of its best snapshot. */
  stop: call('train', run, nothing),
  status: call(
    'train',
    nothing,
    z.object({ current: z.string().optional(), state: runStateSchema.optional(), queued: z.array(z.string()) }),
  ),
  doctor: call('train', nothing, doctorReportSchema),

  // What a run's best snapshot says.
  /** Predictions of a split beside the targets, in the targets' own units. */
  predictions: call(
    'train',
    run.extend({ split: z.enum(splitNames), limit: z.int().min(1).max(100_000).default(2000) }),
    z.object({ targets: z.array(z.string()), rows: z.array(predictionSchema) }),
  ),
  /** The rows with the lowest predictions of one output over all splits, lowest first. */
  worstRows: call(
    'train',
    run.extend({ target: z.string(), limit: z.int().min(1).max(1000).default(20) }),
    z.object({ targets: z.array(z.string()), rows: z.array(predictionSchema.extend({ split: z.enum(splitNames) })) }),
  ),
  export: call(
    'train',
    run.extend({ format: z.enum(exportFormats), out: z.string().min(1) }),
    z.object({ file: z.string(), report: exportReportSchema }),
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
      predictions: z.array(z.object({ row: z.int(), prediction: z.array(z.number()) })),
      file: z.string().optional(),
    }),
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
  ),
} as const;

export type EngineCalls = typeof engineCalls;
export type EngineCallName = keyof EngineCalls;
/** What a caller writes. */
export type CallRequest<Name extends EngineCallName> = z.input<EngineCalls[Name]['request']>;
/** What a handler receives, defaults filled in. */
export type ParsedRequest<Name extends EngineCallName> = z.output<EngineCalls[Name]['request']>;
export type CallAnswer<Name extends EngineCallName> = z.output<EngineCalls[Name]['answer']>;

/** Events of the `train` role. Metrics carry every epoch; progress comes at most 20 times a second. */
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
  z.object({ event: z.literal('checkpoint'), run: z.string(), epoch: z.int(), step: z.int() }),
  z.object({ event: z.literal('warning'), run: z.string(), warning: warningSchema }),
  z.object({ event: z.literal('finished'), run: z.string(), result: trainingResultSchema }),
  z.object({ event: z.literal('failed'), run: z.string(), error: errorMessageSchema }),
]);
export type EngineEvent = z.infer<typeof engineEventSchema>;

/** What one message of the `train` role carries: events in their order. */
export const engineEventsSchema = z.array(engineEventSchema);
