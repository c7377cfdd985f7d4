import type { SettledConfiguration } from '../contract/configuration.ts';
import { OrthantError } from '../contract/errors.ts';
import { optimizers } from './optimizers.ts';
import type { RunContext } from './runContext.ts';

/** Facts about a run at the moment it diverged. */
export interface DivergenceContext {
  readonly configuration: SettledConfiguration;
  /** Epoch of the divergence, from 1. */
  readonly epoch: number;
  readonly step: number;
  readonly learningRate: number;
  /** Largest absolute value among the scaled training inputs. */
  readonly largestInput: number;
  /** The method's current penalty coefficient, if it has one. */
  readonly coefficient: number | undefined;
}

/** Learning rates above these rarely train a network: for plain gradients, and for steps of normalised size. */
const usualLearningRate = { plain: 0.1, normalised: 0.01 };
const usualInput = 100;
const usualCoefficient = 1000;

/** The error that ends a diverged run, with the epoch, the likely cause and a setting to change. */
export function divergenceError(what: string, context: DivergenceContext): OrthantError {
  const cause = likelyCause(context);
  return new OrthantError(
    'diverged',
    `Training diverged in epoch ${context.epoch} (step ${context.step}): ${what}. ${cause.text}${context.epoch > 1 ? ' The last good checkpoint is kept.' : ''}`,
    { field: cause.field },
  );
}

function likelyCause({ configuration, learningRate, largestInput, coefficient }: DivergenceContext): {
  text: string;
  field: string;
} {
  const { optimizer, gradientClip } = configuration.training;
  const usual = optimizers[optimizer.id].plain ? usualLearningRate.plain : usualLearningRate.normalised;
  if (learningRate > usual) {
    return {
      text: `Most likely the learning rate ${learningRate} is too high for ${optimizer.id}: try ${usual / 10}.`,
      field: 'training.optimizer.learningRate',
    };
  }
  if (largestInput > usualInput) {
    return {
      text: `Most likely the inputs are too large (up to ${largestInput.toPrecision(3)} after scaling): scale them with "standard".`,
      field: 'data.scaling.inputs',
    };
  }
  if (coefficient !== undefined && coefficient > usualCoefficient) {
    return {
      text: `Most likely the penalty coefficient has grown too large (${coefficient.toPrecision(3)}): lower it or its growth.`,
      field: 'constraint.method.settings',
    };
  }
  return {
    text: `Try a lower learning rate than ${learningRate.toPrecision(3)}${gradientClip > 0 ? '' : ', or clip the gradient at a global norm of 1'}.`,
    field: 'training.optimizer.learningRate',
  };
}

/** The error that ends this run, which diverged at `step`. */
export function diverged(context: RunContext, what: string, step: number): OrthantError {
  const { configuration, dataset, parts, execution, position } = context;
  execution.pull();
  return divergenceError(what, {
    configuration,
    epoch: position.epoch + 1,
    step,
    // The configured rate: a schedule may have reduced the current one to almost 0.
    learningRate: position.learningRate,
    largestInput: dataset.splits.train.inputs.reduce((most, value) => Math.max(most, Math.abs(value)), 0),
    coefficient: parts.method.report().coefficient,
  });
}
