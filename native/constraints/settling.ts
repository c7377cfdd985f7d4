import type { MethodContext } from './method.ts';

/**
 * Rules that depend on the progress of the weights count steps, not epochs: weights move by steps, and a small table
 * has few steps in an epoch, sometimes only one.
 */

/**
 * Steps for the weights to follow a change before a rule judges them; an epoch with more steps is one span by itself.
 */
const settlingSteps = 64;

/** Epochs of one span: the smallest number with enough steps. */
export const settlingEpochs = ({ stepsPerEpoch }: MethodContext): number => Math.ceil(settlingSteps / stepsPerEpoch);

/** Share of a span between two visits of a row, at most 1. */
export const settledShare = ({ stepsPerEpoch }: MethodContext): number => Math.min(1, stepsPerEpoch / settlingSteps);
