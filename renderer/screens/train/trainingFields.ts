import {
  lossSchema,
  optimizerSchema,
  scheduleSchema,
  type RunConfiguration,
  type TrainingSettings,
} from '../../../native/contract/configuration.ts';
import type { FixedReasons } from '../../logic/changes.ts';
import { plural } from '../../logic/format.ts';
import { stepsText } from '../../logic/trainingSteps.ts';

/** The settings of the Train step, in the order in which they are shown. */

/** Changes a configuration; successive changes of one `field` are one step. */
export type Change = (label: string, recipe: (draft: RunConfiguration) => void, field?: string) => void;

interface Common<Value> {
  readonly label: string;
  readonly value: Value;
  /** What undo calls the change. */
  readonly change: string;
  readonly set: (draft: RunConfiguration, value: Value) => void;
  readonly help?: string | undefined;
  /** Why it cannot change now. */
  readonly reason?: string | undefined;
}
interface NumberSetting extends Common<number> {
  /** Successive changes of it are one step. */
  readonly field: string;
  readonly unit?: string;
  readonly integer?: boolean;
  readonly minimum: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: boolean;
}
interface ChoiceSetting<Value extends string> extends Common<Value> {
  readonly options: readonly { readonly value: Value; readonly label: string; readonly reason?: string | undefined }[];
}
export type TrainingField =
  | ({ readonly kind: 'number' } & NumberSetting)
  | ({ readonly kind: 'choice' } & ChoiceSetting<string>)
  | ({ readonly kind: 'switch' } & Common<boolean>);

const number = (setting: NumberSetting): TrainingField => ({ kind: 'number', ...setting });

const onOff = (setting: Common<boolean>): TrainingField => ({ kind: 'switch', ...setting });

function choice<Value extends string>(setting: ChoiceSetting<Value>): TrainingField {
  return {
    kind: 'choice',
    ...setting,
    set: (draft, value) => {
      const chosen = setting.options.find((option) => option.value === value);
      if (chosen !== undefined) setting.set(draft, chosen.value);
    },
  };
}

const lossLabels: Record<TrainingSettings['loss'], string> = {
  'squared-error': 'Squared error',
  absolute: 'Absolute error',
  huber: 'Huber',
  poisson: 'Poisson (counts)',
  gamma: 'Gamma (skewed amounts)',
};

/**
 * @param epochsDone - of a run under way
 * @param rows - of the training split, where they are known
 * @param byRows - whether the epochs follow their number
 */
export const mainFields = (
  { training }: RunConfiguration,
  fixed: FixedReasons,
  epochsDone: number,
  rows: number | undefined,
  byRows: boolean,
): readonly TrainingField[] => [
  number({
    ...{ label: 'Epochs', change: 'epochs', field: 'epochs', value: training.epochs, integer: true },
    ...{ minimum: Math.max(1, epochsDone), maximum: 1_000_000 },
    help:
      epochsDone > 0
        ? `${plural(epochsDone, 'is', 'are')} done.`
        : rows === undefined
          ? 'Passes over the training rows.'
          : stepsText(training, rows, byRows),
    set: (draft, value) => (draft.training.epochs = value),
  }),
  number({
    ...{ label: 'Batch size', change: 'batch size', field: 'batch', value: training.batchSize, integer: true },
    ...{ minimum: 0, unit: 'rows', help: '0 takes all rows in every step.', reason: fixed.batchSize },
    set: (draft, value) => (draft.training.batchSize = value),
  }),
  choice({
    ...{ label: 'Loss', change: 'loss', value: training.loss, reason: fixed.loss },
    options: lossSchema.options.map((value) => ({ value, label: lossLabels[value] })),
    set: (draft, value) => (draft.training.loss = value),
  }),
  choice({
    ...{ label: 'Optimizer', change: 'optimizer', value: training.optimizer.id, reason: fixed.optimizer },
    options: [
      { value: 'sgd', label: 'SGD' },
      { value: 'momentum', label: 'SGD with momentum' },
      { value: 'rmsprop', label: 'RMSProp' },
      { value: 'adam', label: 'Adam' },
      { value: 'adamw', label: 'AdamW' },
    ],
    set: (draft, id) => (draft.training.optimizer = optimizerSchema.parse({ id })),
  }),
  number({
    ...{ label: 'Learning rate', change: 'learning rate', field: 'rate', value: training.optimizer.learningRate },
    ...{ minimum: 0, exclusiveMinimum: true },
    help: epochsDone === 0 ? undefined : 'The schedule goes on from it.',
    set: (draft, value) => (draft.training.optimizer.learningRate = value),
  }),
  choice({
    ...{ label: 'Schedule', change: 'schedule', value: training.schedule.id, reason: fixed.schedule },
    options: [
      { value: 'constant', label: 'Constant' },
      { value: 'step', label: 'Falls in steps' },
      { value: 'cosine', label: 'Falls along a cosine' },
    ],
    set: (draft, id) => (draft.training.schedule = scheduleSchema.parse({ id })),
  }),
  number({
    ...{ label: 'Seed', change: 'seed', field: 'seed', value: training.seed, integer: true },
    ...{ minimum: 0, maximum: 0xffff_ffff, help: 'The same seed gives the same run again.', reason: fixed.seed },
    set: (draft, value) => (draft.training.seed = value),
  }),
];

/** @param gpu - the card that could train */
export const moreFields = (
  { training, runtime }: RunConfiguration,
  fixed: FixedReasons,
  gpu: string | undefined,
): readonly TrainingField[] => [
  number({
    ...{ label: 'Gradient clipping', change: 'gradient clipping', field: 'clip', value: training.gradientClip },
    ...{ minimum: 0, help: 'Largest norm of the gradient; 0 is off.', reason: fixed.step },
    set: (draft, value) => (draft.training.gradientClip = value),
  }),
  number({
    ...{ label: 'Weight decay', change: 'weight decay', field: 'decay', value: training.weightDecay },
    ...{ minimum: 0, help: 'On weights, not on biases; 0 is off.', reason: fixed.step },
    set: (draft, value) => (draft.training.weightDecay = value),
  }),
  number({
    ...{ label: 'Early stopping', change: 'early stopping', field: 'early', value: training.earlyStopping },
    ...{ unit: 'epochs', integer: true, minimum: 0, reason: fixed.earlyStopping },
    help: 'Stops when nothing has improved for so long; 0 is off.',
    set: (draft, value) => (draft.training.earlyStopping = value),
  }),
  number({
    ...{ label: 'Warm-up', change: 'warm-up', field: 'warm', value: training.schedule.warmUpSteps },
    ...{ unit: 'steps', integer: true, minimum: 0, reason: fixed.schedule },
    set: (draft, value) => (draft.training.schedule.warmUpSteps = value),
  }),
  ...scheduleFields(training.schedule, fixed.schedule),
  choice({
    ...{ label: 'Engine', change: 'engine', value: runtime.engine, reason: fixed.runtime },
    options: [
      { value: 'auto', label: 'Best there is' },
      { value: 'tensorflow', label: 'TensorFlow' },
      { value: 'wasm', label: 'Embedded (WASM)' },
    ],
    set: (draft, value) => (draft.runtime.engine = value),
  }),
  choice({
    ...{ label: 'Device', change: 'device', value: runtime.device, help: gpu, reason: fixed.runtime },
    options: [
      { value: 'auto', label: 'Best there is' },
      { value: 'cpu', label: 'CPU' },
      { value: 'gpu', label: 'GPU', reason: gpu === undefined ? 'no card that could train was found' : undefined },
    ],
    set: (draft, value) => (draft.runtime.device = value),
  }),
  onOff({
    ...{ label: 'Same numbers every time', change: 'reproducibility', value: runtime.deterministic },
    help: 'Slower kernels on a GPU.',
    reason: fixed.runtime ?? (gpu === undefined ? 'The CPU engines always give them.' : undefined),
    set: (draft, value) => (draft.runtime.deterministic = value),
  }),
];

function scheduleFields(schedule: TrainingSettings['schedule'], reason: string | undefined): TrainingField[] {
  if (schedule.id === 'step') {
    return [
      number({
        ...{ label: 'Every', change: 'schedule', field: 'every', value: schedule.everyEpochs, reason },
        ...{ unit: 'epochs', integer: true, minimum: 1 },
        set: (draft, value) => (draft.training.schedule = { ...schedule, everyEpochs: value }),
      }),
      number({
        ...{ label: 'Factor', change: 'schedule', field: 'factor', value: schedule.factor, reason },
        ...{ minimum: 0, exclusiveMinimum: true, maximum: 1 },
        set: (draft, value) => (draft.training.schedule = { ...schedule, factor: value }),
      }),
    ];
  }
  if (schedule.id !== 'cosine') return [];
  return [
    number({
      ...{ label: 'Share left at the end', change: 'schedule', field: 'final', value: schedule.final, reason },
      ...{ minimum: 0, maximum: 1 },
      set: (draft, value) => (draft.training.schedule = { ...schedule, final: value }),
    }),
  ];
}
