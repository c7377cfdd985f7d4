import type * as tf from '@tensorflow/tfjs-core';
import type { z } from 'zod';
import type { Activation, SettledConfiguration } from '../contract/configuration.ts';
import type { Curve, MethodPromise } from '../contract/methodDescriptor.ts';
import type { ConstraintReport } from '../contract/results.ts';
import type { Warning } from '../contract/inspection.ts';
import type { LayerTensors, LayerVariables } from '../network/layers.ts';
import type { DenseLayer, OutputTransform } from '../network/model.ts';
import { startFree, type StartData } from '../network/startAtData.ts';

export type { LayerTensors, LayerVariables };

/**
 * Facts about the run that a method gets when it is created. All numbers are in scaled units (targets have deviation
 * 1).
 */
export interface MethodContext {
  readonly tf: typeof tf;
  /** Multipliers and slacks are indexed by training row, 0 to trainRows - 1. */
  readonly trainRows: number;
  readonly outputs: number;
  readonly stepsPerEpoch: number;
  /**
   * The bound of each output, rounded so that a value at or above it is at or above the user's bound after de-scaling.
   */
  readonly epsilon: Float32Array;
  /** Standard deviation of each scaled target over the training rows, the unit of `margin`. */
  readonly targetDeviation: Float32Array;
  /** One for each hidden layer. */
  readonly activations: readonly Activation[];
  /** Hidden layers and the last one, as the method's `start` made them; a method may change the form of its weights. */
  readonly layers: readonly LayerVariables[];
}

/** Tensors gathered for one batch by row number, before the loss is differentiated. */
export type Gathered = Readonly<Record<string, tf.Tensor2D>>;

/** Predictions of the whole training split at frozen weights, at the end of an epoch. */
export interface EpochEnd {
  /** Number of the epoch that ended, from 1. */
  readonly epoch: number;
  /** Scaled, row-major [trainRows, outputs]. */
  readonly predictions: Float32Array;
}

/**
 * The parts of a run that a method controls; a part that is left out works as without a constraint. A step consists of
 * tfjs operations on tensors only, so that it can be traced and compiled: no JavaScript number that changes from step
 * to step, no reading back, no branch on data. Values that change once an epoch are scalar Variables.
 *
 * One step: `gather` -> forward pass with `effective` and `transform` -> gradient of loss + `term` -> optimizer ->
 * `project` -> `update` with the predictions of that same forward pass.
 */
export interface MethodBehaviour {
  /** All values kept from step to step, by name: saved in checkpoints, found by the tracer, freed with the run. */
  readonly state?: Readonly<Record<string, tf.Variable>>;
  /** Weights of the forward pass, if they are a function of the free parameters. */
  effective?(layers: readonly LayerVariables[]): readonly LayerTensors[];
  /** Linear output [batch, outputs] to prediction; must agree with `outputTransform`. */
  transform?(linear: tf.Tensor2D): tf.Tensor2D;
  /** The same transform as data, for the stored model. */
  readonly outputTransform?: OutputTransform;
  /** Rows of multipliers and slacks for a batch; `rows` is int32 [batch]. */
  gather?(rows: tf.Tensor1D): Gathered;
  /** Added to the loss; prediction is [batch, outputs]. */
  term?(prediction: tf.Tensor2D, gathered: Gathered): tf.Scalar;
  /** Called after the optimizer's step: projections of weights. */
  project?(layers: readonly LayerVariables[]): void;
  /** Called last in a step: ascent on multipliers, descent on slacks, scattered back by row. */
  update?(prediction: tf.Tensor2D, rows: tf.Tensor1D, gathered: Gathered): void;
  /** Once an epoch, after the evaluation: growth of coefficients, resets of dead slacks. */
  endEpoch?(end: EpochEnd): void;
  /** Applies changed settings while the run is paused; only those marked `changeable`. */
  change?(settings: Record<string, unknown>): void;
  /** State of multipliers and slacks; reads tensors back, so it is called once an epoch, after `endEpoch`. */
  report?(): Partial<ConstraintReport>;
}

/** A method in one run: its behaviour with the defaults that {@link defineMethod} adds. */
export interface MethodInstance extends MethodBehaviour {
  readonly state: Readonly<Record<string, tf.Variable>>;
  report(): ConstraintReport;
  dispose(): void;
}

/**
 * A function of the targets on which the linear output is trained, with the loss taken there. The stored model leads back
 * from it to predictions by `outputTransform`, with a factor computed from the training rows.
 */
export interface TargetFunction {
  /** Name of the function in messages. */
  readonly name: string;
  /** Its values, of scaled targets, both row-major [rows, outputs]; not finite where it is not defined. */
  of(targets: Float32Array): Float32Array;
  /** The factor of `outputTransform`, [outputs], from linear outputs and scaled targets of the training rows. */
  factor(linear: Float32Array, targets: Float32Array): Float32Array;
}

/** The declaration of a method, exported by its file in this folder. */
export interface MethodDefinition<Settings extends z.ZodObject, Id extends string> {
  readonly id: Id;
  readonly title: string;
  readonly summary: string;
  readonly promise: MethodPromise;
  readonly promiseText: string;
  /** LaTeX. */
  readonly formula: string;
  readonly source: string;
  /** Texts for the user; `check` enforces the conditions. */
  readonly preconditions?: readonly string[];
  /** Each setting with default, range and `.meta({ title, description, unit?, changeable? })`. */
  readonly settings: Settings;
  curve?(settings: z.output<Settings>): Curve;
  /** Checks preconditions: throws `OrthantError` (code `configuration`) or returns warnings. */
  check?(settings: z.output<Settings>, network: SettledConfiguration['network']): readonly Warning[];
  /**
   * The layers with which training starts, from the drawn ones, which stay unchanged; by default {@link startFree}.
   *
   * @param epsilon - the scaled bound of each output, as in {@link MethodContext}
   */
  start?(
    settings: z.output<Settings>,
    drawn: readonly DenseLayer[],
    data: StartData,
    epsilon: Float32Array,
  ): DenseLayer[];
  /**
   * The function of the targets on which these settings train, if not on the targets themselves. The method then has an
   * `outputTransform` and no `transform`: a step sees linear outputs only.
   *
   * @param epsilon - the scaled bound of each output, as in {@link MethodContext}
   */
  targetFunction?(settings: z.output<Settings>, epsilon: Float32Array): TargetFunction | undefined;
  create(settings: z.output<Settings>, context: MethodContext): MethodBehaviour;
}

/** A constraint method: one file in this folder, listed in registry.ts. */
export interface ConstraintMethod<
  Settings extends z.ZodObject = z.ZodObject,
  Id extends string = string,
> extends MethodDefinition<Settings, Id> {
  readonly preconditions: readonly string[];
  check(settings: z.output<Settings>, network: SettledConfiguration['network']): readonly Warning[];
  start(
    settings: z.output<Settings>,
    drawn: readonly DenseLayer[],
    data: StartData,
    epsilon: Float32Array,
  ): DenseLayer[];
  create(settings: z.output<Settings>, context: MethodContext): MethodInstance;
}

/** Completes a method with defaults: no preconditions, no state, nothing to report. */
export function defineMethod<Settings extends z.ZodObject, const Id extends string>(
  definition: MethodDefinition<Settings, Id>,
): ConstraintMethod<Settings, Id> {
  return {
    preconditions: [],
    check: () => [],
    start: (_, drawn, data) => startFree(drawn, data),
    ...definition,
    create: (settings, context) => {
      const behaviour = definition.create(settings, context);
      const { state = {} } = behaviour;
      return {
        ...behaviour,
        state,
        report: () => ({ largestMultiplier: 0, ...behaviour.report?.() }),
        dispose: () => {
          context.tf.dispose(Object.values(state));
        },
      };
    },
  };
}

/** Whether predictions are above epsilon for every input, which losses with a logarithm need (with epsilon > 0). */
export const positiveByConstruction = ({ promise }: Pick<ConstraintMethod, 'promise'>): boolean =>
  promise === 'for-every-input';
