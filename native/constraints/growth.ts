import type * as tf from '@tensorflow/tfjs-core';
import type { EpochEnd, MethodContext } from './method.ts';
import { settlingEpochs } from './settling.ts';
import { assignScalar, readScalar, scalarVariable } from './state.ts';
import { largestViolation } from './trainingBound.ts';

/** Violations up to this many scaled units do not make a coefficient grow: they are float32's noise. */
const tolerance = 1e-4;

/** A violation must fall to this share of the one before, or the coefficient grows (Bertsekas 1982, section 2.2.5). */
const sufficientFall = 0.25;

export type GrowthRule = 'fixed' | 'growing' | 'adaptive';

/** A coefficient that grows between epochs, up to a limit. */
export interface GrowingCoefficient {
  readonly variable: tf.Variable<tf.Rank.R0>;
  /** Largest violation at the last judgement; part of the method's state. */
  readonly previousViolation: tf.Variable<tf.Rank.R0>;
  endEpoch(end: EpochEnd): void;
}

/**
 * Judges the coefficient at the end of every epoch or, with short epochs, at the first end of an epoch at least 64
 * steps after the last judgement (settling.ts). `fixed` never grows. `growing` multiplies by `factor` each time.
 * `adaptive` multiplies only if the largest violation of the bound itself (without the margin) over the training rows
 * is above a quarter of its value at the last judgement: framework 17.1 in Nocedal & Wright, Numerical Optimization,
 * 2006. `adaptive` never grows at the first judgement.
 */
export function growingCoefficient(
  context: MethodContext,
  start: number,
  { rule, factor, limit }: { rule: GrowthRule; factor: number; limit: number },
): GrowingCoefficient {
  const variable = scalarVariable(context, start);
  const previousViolation = scalarVariable(context, Infinity);
  const epochsBetween = settlingEpochs(context);
  const grow = () => {
    const coefficient = readScalar(variable);
    // A coefficient that the user set above the limit keeps its value.
    assignScalar(context, variable, Math.max(coefficient, Math.min(coefficient * factor, limit)));
  };
  return {
    variable,
    previousViolation,
    endEpoch: (end) => {
      // Only the epoch's number decides, so that a resumed run judges at the same epochs as an uninterrupted one.
      if (end.epoch % epochsBetween !== 0) return;
      const violation = largestViolation(context, end);
      const stuck = violation > tolerance && violation > sufficientFall * readScalar(previousViolation);
      if (rule === 'growing' || (rule === 'adaptive' && stuck)) grow();
      assignScalar(context, previousViolation, violation);
    },
  };
}
