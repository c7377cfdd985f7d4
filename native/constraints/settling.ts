import type { MethodContext } from './method.ts';

/**
 * What acts on how far the weights have come is counted in steps, not in epochs: weights move by steps, and a small
 * table has few in an epoch, down to a single one.
 */

/** Steps that weights are given to follow a change before they are judged by it; a longer epoch is one such span. */
const settlingSteps = 64;

/** Epochs of one span: the least whose steps are enough. */
export const settlingEpochs = ({ stepsPerEpoch }: MethodContext): number => Math.ceil(settlingSteps / stepsPerEpoch);

/** How much of a span lies between two visits of a row, at most 1. */
export const settledShare = ({ stepsPerEpoch }: MethodContext): number => Math.min(1, stepsPerEpoch / settlingSteps);
