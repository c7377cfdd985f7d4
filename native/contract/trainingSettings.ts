import { z } from 'zod';
import { limits } from './limits.ts';
import { automatic, choiceOf, type Choosable } from './describedSetting.ts';

/** The settings of training: loss, optimizer, schedule and duration. */

export const losses = {
  'squared-error': { title: 'Squared error' },
  absolute: { title: 'Absolute error' },
  huber: { title: 'Huber' },
  poisson: { title: 'Poisson (counts)' },
  gamma: { title: 'Gamma (skewed amounts)' },
  tweedie: { title: 'Tweedie (many zeros)' },
};
export const lossSchema = choiceOf(losses);
export type Loss = z.infer<typeof lossSchema>;

/** The targets for which a loss is defined, if not for all; predictions must then be above 0. */
export const lossTargets: Readonly<Partial<Record<Loss, 'not negative' | 'positive'>>> = {
  poisson: 'not negative',
  gamma: 'positive',
  tweedie: 'not negative',
};

/**
 * The least value that a target may have when `bound` is the bound of its predictions. A loss for counts or for amounts
 * with many zeros bounds the mean of a variable that is itself often 0.
 */
export const leastTarget = (loss: Loss, bound: number): number =>
  lossTargets[loss] === 'not negative' ? Math.min(bound, 0) : bound;

const positive = z.number().positive();
const decayRate = z.number().min(0).lt(1);

const learningRate = (value: number): z.ZodDefault<typeof positive> =>
  positive.default(value).meta({
    title: 'Learning rate',
    description: 'learning rate of the optimizer',
    flag: '--learning-rate <rate>',
    changeable: true,
  });
const epsilon = positive.default(1e-8).meta({
  title: 'Epsilon',
  description: 'Keeps the division by a gradient that is almost 0 finite.',
});
const moments = {
  beta1: decayRate.default(0.9).meta({
    title: 'Beta 1',
    description: 'Share of the mean gradient that is kept from step to step.',
  }),
  beta2: decayRate.default(0.999).meta({
    title: 'Beta 2',
    description: 'Share of the mean squared gradient that is kept from step to step.',
  }),
};

export const optimizerSchema = z
  .discriminatedUnion('id', [
    z.strictObject({ id: z.literal('sgd'), learningRate: learningRate(0.01) }),
    z.strictObject({
      id: z.literal('momentum'),
      learningRate: learningRate(0.01),
      momentum: decayRate.default(0.9).meta({
        title: 'Momentum',
        description: 'Share of the last step that is added to the next one.',
      }),
      nesterov: z.boolean().default(false).meta({
        title: 'Nesterov',
        description: 'Computes the gradient at the point to which the momentum leads.',
      }),
    }),
    z.strictObject({
      id: z.literal('rmsprop'),
      learningRate: learningRate(0.001),
      decay: decayRate.default(0.9).meta({
        title: 'Decay',
        description: 'Share of the mean squared gradient that is kept from step to step.',
      }),
      epsilon,
    }),
    z.strictObject({ id: z.literal('adam'), learningRate: learningRate(0.003), ...moments, epsilon }),
    z.strictObject({ id: z.literal('adamw'), learningRate: learningRate(0.003), ...moments, epsilon }),
  ])
  .meta({
    title: 'Optimizer',
    description: 'the method that updates the weights',
    flag: '--optimizer <name>',
    settings: {
      flag: '--optimizer-set <key=value>',
      description: 'another setting of the optimizer, as in momentum=0.95 (repeatable)',
    },
  });
export type OptimizerSettings = z.infer<typeof optimizerSchema>;

export const optimizers: Record<OptimizerSettings['id'], Choosable> = {
  sgd: { title: 'SGD' },
  momentum: { title: 'SGD with momentum' },
  rmsprop: { title: 'RMSProp' },
  adam: { title: 'Adam' },
  adamw: { title: 'AdamW' },
};

const warmUpSteps = z.int().min(0).default(0).meta({
  title: 'Warm-up',
  description: 'Steps over which the learning rate rises from 0.',
  help: '',
  unit: 'steps',
});

export const scheduleSchema = z
  .discriminatedUnion('id', [
    z.strictObject({ id: z.literal('constant'), warmUpSteps }),
    z.strictObject({
      id: z.literal('step'),
      everyEpochs: z.int().min(1).default(10).meta({
        title: 'Every',
        description: 'Epochs after which the learning rate falls.',
        help: '',
        unit: 'epochs',
      }),
      factor: z.number().positive().max(1).default(0.5).meta({
        title: 'Factor',
        description: 'Multiplies the learning rate each time.',
        help: '',
      }),
      warmUpSteps,
    }),
    z.strictObject({
      id: z.literal('cosine'),
      final: z.number().min(0).max(1).default(0).meta({
        title: 'Share left at the end',
        description: 'Share of the first learning rate that is left at the last step.',
        help: '',
      }),
      warmUpSteps,
    }),
  ])
  .meta({
    title: 'Schedule',
    description: 'schedule of the learning rate',
    flag: '--schedule <name>',
    settings: {
      flag: '--schedule-set <key=value>',
      description: 'a setting of the schedule, as in warmUpSteps=100 (repeatable)',
    },
  });
export type ScheduleSettings = z.infer<typeof scheduleSchema>;

export const schedules: Record<ScheduleSettings['id'], Choosable> = {
  constant: { title: 'Constant' },
  step: { title: 'Falls in steps' },
  cosine: { title: 'Falls along a cosine' },
};

export const trainingSettingsSchema = z.strictObject({
  loss: lossSchema.default('squared-error').meta({
    title: 'Loss',
    description: 'the error that training minimises',
    flag: '--loss <name>',
  }),
  tweediePower: z
    .number()
    .gt(1)
    .lt(2)
    .default(1.5)
    .meta({
      title: 'Tweedie power',
      description: 'the variance grows as this power of the mean: near 1 as for counts, near 2 as for skewed amounts',
      help: true,
      flag: '--tweedie-power <power>',
      when: { path: 'training.loss', is: ['tweedie'] },
    }),
  optimizer: optimizerSchema
    .default({ id: 'adamw', learningRate: 0.003, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 })
    .meta({ choices: optimizers }),
  schedule: scheduleSchema.default({ id: 'cosine', final: 0, warmUpSteps: 0 }).meta({ choices: schedules }),
  batchSize: z.int().min(0).default(64).meta({
    title: 'Batch size',
    description: 'rows per step; 0 takes all rows',
    help: true,
    unit: 'rows',
    flag: '--batch <rows>',
  }),
  epochs: automatic(z.int().min(1).max(limits.epochs)).meta({
    title: 'Epochs',
    description: 'passes over the training rows',
    help: true,
    flag: '--epochs <number>',
    changeable: true,
  }),
  gradientClip: z.number().min(0).default(0).meta({
    title: 'Gradient clipping',
    description: 'largest norm of the gradient; 0 is off',
    help: true,
    flag: '--clip <norm>',
  }),
  /** L2 for sgd, momentum, rmsprop and adam; decoupled for adamw. */
  weightDecay: automatic(z.number().min(0)).meta({
    title: 'Weight decay',
    description: 'pulls the weights, not the biases, towards zero; 0 is off',
    help: true,
    flag: '--weight-decay <rate>',
  }),
  earlyStopping: automatic(z.int().min(0)).meta({
    title: 'Early stopping',
    description: 'stops after this many epochs without improvement; 0 is off',
    help: true,
    unit: 'epochs',
    flag: '--early-stopping <epochs>',
  }),
  intervalLevel: z.number().min(0).lt(1).default(0.9).meta({
    title: 'Interval level',
    description: 'share of rows that the interval around a prediction holds; 0 is off',
    help: true,
    flag: '--interval-level <share>',
  }),
  seed: z.int().min(0).max(limits.seed).default(0).meta({
    title: 'Seed',
    description: 'draws the first weights and the order of the rows; the same seed repeats a run',
    help: true,
    flag: '--seed <seed>',
  }),
});
export type TrainingSettings = z.infer<typeof trainingSettingsSchema>;
