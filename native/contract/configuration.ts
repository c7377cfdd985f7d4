import { z } from 'zod';
import { defaultEpochs } from './steps.ts';

/**
 * The run configuration: the one document that describes a run, saved as `*.orthant`, recorded in `run.json`, sent to
 * the engine. It holds everything needed to repeat the run but the data file itself.
 */

export const columnRoleSchema = z.enum(['input', 'target', 'ignore']);
export type ColumnRole = z.infer<typeof columnRoleSchema>;

/** How one column is used. A column that is not named here gets the role that the file's inspection suggests. */
export const columnSettingsSchema = z.strictObject({
  role: columnRoleSchema,
  /** For categorical inputs; one-hot unless an order is given. */
  encoding: z.enum(['one-hot', 'ordinal']).optional(),
  /** The categories from lowest to highest, for ordinal encoding: they become 0, 1, 2, ... */
  order: z.array(z.string()).optional(),
});
export type ColumnSettings = z.infer<typeof columnSettingsSchema>;

/** How a delimited text file is read; what is left out is found in the file. */
export const dialectSchema = z.strictObject({
  delimiter: z.string().length(1).optional(),
  quote: z.string().max(1).optional(),
  header: z.boolean().optional(),
  decimalComma: z.boolean().optional(),
  encoding: z.enum(['utf-8', 'utf-16', 'latin-1']).optional(),
});
export type Dialect = z.infer<typeof dialectSchema>;

export const dataSourceSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('sample'), id: z.string().min(1) }),
  z.strictObject({ kind: z.literal('file'), path: z.string().min(1) }),
]);
export type DataSource = z.infer<typeof dataSourceSchema>;

const share = z.number().min(0).max(1);

export const splitSchema = z.discriminatedUnion('by', [
  /** Shares of the rows, drawn by seed. What validation and test leave is for training. */
  z.strictObject({
    by: z.literal('seed'),
    validation: share.default(0.1),
    test: share.default(0.1),
    seed: z.int().min(0).default(0),
  }),
  /** A column whose values are `train`, `validation` (or `valid`, `val`) and `test`. */
  z.strictObject({ by: z.literal('column'), column: z.string().min(1) }),
]);
export type SplitSettings = z.infer<typeof splitSchema>;

export const dataSettingsSchema = z.strictObject({
  source: dataSourceSchema,
  dialect: dialectSchema.default({}),
  /** Drop rows that cannot be read (and report them) instead of refusing the file. */
  skipBadRows: z.boolean().default(false),
  columns: z.record(z.string(), columnSettingsSchema).default({}),
  /** Rows with a missing input: dropped (and counted), or filled with the median of the training rows. */
  missing: z.enum(['drop', 'median']).default('drop'),
  split: splitSchema.default({ by: 'seed', validation: 0.1, test: 0.1, seed: 0 }),
  scaling: z
    .strictObject({
      inputs: z.enum(['standard', 'min-max', 'none']).default('standard'),
      /** Targets are divided by their standard deviation, never shifted, so that positive stays positive. */
      targets: z.enum(['standard-deviation', 'none']).default('standard-deviation'),
    })
    .default({ inputs: 'standard', targets: 'standard-deviation' }),
});
export type DataSettings = z.infer<typeof dataSettingsSchema>;

export const activations = ['relu', 'leaky-relu', 'elu', 'tanh', 'sigmoid', 'softplus', 'gelu', 'none'] as const;
export const activationSchema = z.enum(activations);
export type Activation = z.infer<typeof activationSchema>;

export const initialisers = ['he-normal', 'he-uniform', 'glorot-normal', 'glorot-uniform', 'lecun-normal'] as const;

export const networkSettingsSchema = z.strictObject({
  /** Units of each hidden layer, first to last. Empty: an affine map. */
  hidden: z.array(z.int().min(1).max(65_536)).max(64).default([64, 64]),
  /** One for all hidden layers, or one each. The last layer is always plain linear. */
  activation: z.union([activationSchema, z.array(activationSchema)]).default('relu'),
  initialiser: z.enum(initialisers).default('he-uniform'),
});
export type NetworkSettings = z.infer<typeof networkSettingsSchema>;

export const losses = ['squared-error', 'absolute', 'huber', 'poisson', 'gamma'] as const;
export const lossSchema = z.enum(losses);
export type Loss = z.infer<typeof lossSchema>;

const positive = z.number().positive();

export const optimizerSchema = z.discriminatedUnion('id', [
  z.strictObject({ id: z.literal('sgd'), learningRate: positive.default(0.01) }),
  z.strictObject({
    id: z.literal('momentum'),
    learningRate: positive.default(0.01),
    momentum: z.number().min(0).lt(1).default(0.9),
    nesterov: z.boolean().default(false),
  }),
  z.strictObject({
    id: z.literal('rmsprop'),
    learningRate: positive.default(0.001),
    decay: z.number().min(0).lt(1).default(0.9),
    epsilon: positive.default(1e-8),
  }),
  z.strictObject({
    id: z.literal('adam'),
    learningRate: positive.default(0.001),
    beta1: z.number().min(0).lt(1).default(0.9),
    beta2: z.number().min(0).lt(1).default(0.999),
    epsilon: positive.default(1e-8),
  }),
  z.strictObject({
    id: z.literal('adamw'),
    learningRate: positive.default(0.001),
    beta1: z.number().min(0).lt(1).default(0.9),
    beta2: z.number().min(0).lt(1).default(0.999),
    epsilon: positive.default(1e-8),
  }),
]);
export type OptimizerSettings = z.infer<typeof optimizerSchema>;

export const scheduleSchema = z.discriminatedUnion('id', [
  z.strictObject({ id: z.literal('constant'), warmUpSteps: z.int().min(0).default(0) }),
  z.strictObject({
    id: z.literal('step'),
    /** Multiply by `factor` every `everyEpochs` epochs. */
    everyEpochs: z.int().min(1).default(10),
    factor: z.number().positive().max(1).default(0.5),
    warmUpSteps: z.int().min(0).default(0),
  }),
  z.strictObject({
    id: z.literal('cosine'),
    /** Share of the first learning rate that is left at the last step. */
    final: z.number().min(0).max(1).default(0),
    warmUpSteps: z.int().min(0).default(0),
  }),
]);
export type ScheduleSettings = z.infer<typeof scheduleSchema>;

export const trainingSettingsSchema = z.strictObject({
  loss: lossSchema.default('squared-error'),
  optimizer: optimizerSchema.default({ id: 'adam', learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }),
  schedule: scheduleSchema.default({ id: 'cosine', final: 0, warmUpSteps: 0 }),
  /** Rows in a step; 0 stands for all training rows. */
  batchSize: z.int().min(0).default(64),
  epochs: z.int().min(1).max(1_000_000).default(defaultEpochs),
  /** Largest global norm of the gradient; 0 switches clipping off. */
  gradientClip: z.number().min(0).default(0),
  /** L2 for sgd, momentum, rmsprop and adam; decoupled for adamw. On weights, not on biases. */
  weightDecay: z.number().min(0).default(0),
  /** Stop when the best snapshot has not improved for so many epochs; 0 switches it off. */
  earlyStopping: z.int().min(0).default(0),
  /** Draws the first weights and the order of the rows. */
  seed: z.int().min(0).max(0xffff_ffff).default(0),
});
export type TrainingSettings = z.infer<typeof trainingSettingsSchema>;

export const constraintSettingsSchema = z.strictObject({
  /** The bound `output >= epsilon` in the target's own units: one for all targets, or one each by name. */
  epsilon: z.union([z.number(), z.record(z.string(), z.number())]).default(0),
  method: z
    .strictObject({
      id: z.string().min(1),
      /** Validated by the registry of methods against the method's own schema. */
      settings: z.record(z.string(), z.unknown()).default({}),
    })
    .default({ id: 'augmented-lagrangian', settings: {} }),
});
export type ConstraintSettings = z.infer<typeof constraintSettingsSchema>;

export const runtimeSettingsSchema = z.strictObject({
  engine: z.enum(['auto', 'tensorflow', 'wasm']).default('auto'),
  device: z.enum(['auto', 'cpu', 'gpu']).default('auto'),
  /** On a GPU: slower kernels that give the same numbers every time. The CPU engines always do. */
  deterministic: z.boolean().default(false),
  /**
   * How steps are carried out: many in one program compiled by XLA, the same program without XLA, or one operation at a
   * time. `auto` takes the first that works, and no program for a run of few steps.
   */
  execution: z.enum(['auto', 'xla', 'graph', 'eager']).default('auto'),
});
export type RuntimeSettings = z.infer<typeof runtimeSettingsSchema>;

export const runConfigurationSchema = z.strictObject({
  /** Version of this document's format. */
  orthant: z.literal(1).default(1),
  name: z.string().max(200).optional(),
  data: dataSettingsSchema,
  network: networkSettingsSchema.prefault({}),
  constraint: constraintSettingsSchema.prefault({}),
  training: trainingSettingsSchema.prefault({}),
  runtime: runtimeSettingsSchema.prefault({}),
});
/** A whole configuration, defaults filled in. */
export type RunConfiguration = z.infer<typeof runConfigurationSchema>;
/** What a person writes: everything with a default may be left out. */
export type RunConfigurationInput = z.input<typeof runConfigurationSchema>;
