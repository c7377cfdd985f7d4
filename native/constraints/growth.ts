import type * as tf from '@tensorflow/tfjs-core';
import type { EpochEnd, MethodContext } from './method.ts';
import { settlingEpochs } from './settling.ts';
import { assignScalar, readScalar, scalarVariable } from './state.ts';
import { violationOf } from './trainingBound.ts';

/** Violations up to this many scaled units do not make a coefficient grow: they are float32's noise. */
const tolerance = 1e-4;

/** A violation must fall to this share of the one before, or the coefficient grows (Bertsekas 1982, section 2.2.5). */
const sufficientFall = 0.25;

/** With more than this share of all outputs violated, and more than a few, the coefficient is far too small. */
const manyViolated = { share: 0.01, outputs: 10 };
const quickGrowth = 10;

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
 * 2006. So a coefficient may start small, where it costs no accuracy; where it is far too small, so that more than 1 %
 * of the outputs (and more than 10) are below the bound, `adaptive` multiplies by at least 10, at the first judgement too.
 */
export function growingCoefficient(
  context: MethodContext,
  start: number,
  { rule, factor, limit }: { rule: GrowthRule; factor: number; limit: number },
): GrowingCoefficient {
  const variable = scalarVariable(context, start);
  const previousViolation = scalarVariable(context, Infinity);
  const epochsBetween = settlingEpochs(context);
  const grow = (by: number) => {
    const coefficient = readScalar(variable);
    // A coefficient that the user set above the limit keeps its value.
    assignScalar(context, variable, Math.max(coefficient, Math.min(coefficient * by, limit)));
  };
  return {
    variable,
    previousViolation,
    endEpoch: (end) => {
      // Only the epoch's number decides, so that a resumed run judges at the same epochs as an uninterrupted one.
      if (end.epoch % epochsBetween !== 0) return;
      const { largest, violated, share } = violationOf(context, end, tolerance);
      const many = share > manyViolated.share && violated > manyViolated.outputs;
      if (rule === 'growing') grow(factor);
      else if (rule === 'adaptive' && many) grow(Math.max(factor, quickGrowth));
      else if (rule === 'adaptive' && violated > 0 && largest > sufficientFall * readScalar(previousViolation))
        grow(factor);
      assignScalar(context, previousViolation, largest);
    },
  };
}
