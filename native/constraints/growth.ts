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
  /** What the rule remembers from one judgement to the next; belongs into the method's state. */
  readonly previousViolation: tf.Variable<tf.Rank.R0>;
  endEpoch(end: EpochEnd): void;
}

/**
 * The coefficient is judged at the end of every epoch, or, where epochs are short, of the first one at least 64 steps
 * after the last judgement (settling.ts). `fixed` never grows. `growing` multiplies by `factor` each time. `adaptive`
 * does so only where the largest violation of the bound itself (without the margin) over the training rows is above a
 * quarter of what it was the time before: framework 17.1 in Nocedal & Wright, Numerical Optimization, 2006. The first
 * judgement never grows by it.
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
    // A coefficient that was set above the limit by hand stays where it is.
    assignScalar(context, variable, Math.max(coefficient, Math.min(coefficient * factor, limit)));
  };
  return {
    variable,
    previousViolation,
    endEpoch: (end) => {
      // By its number alone, so that a resumed run judges when the uninterrupted one does.
      if (end.epoch % epochsBetween !== 0) return;
      const violation = largestViolation(context, end);
      const stuck = violation > tolerance && violation > sufficientFall * readScalar(previousViolation);
      if (rule === 'growing' || (rule === 'adaptive' && stuck)) grow();
      assignScalar(context, previousViolation, violation);
    },
  };
}
