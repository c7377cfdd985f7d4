/**
 * A candidate for the weights that a run returns. The best is the feasible epoch (no training row below epsilon) with
 * the least loss or, if no epoch is feasible, the epoch with the least violation. The loss is that of the validation
 * split, or of the training split if there is no validation split, averaged over some epochs. Cotter et al. (TFCO, 2019) choose among snapshots
 * similarly.
 *
 * Violation is the mean over training rows and outputs of relu(epsilon - prediction) in standard deviations of the
 * target: it measures how many rows violate and how far, and changes even while the share of violating rows is
 * constant.
 */
export interface Candidate {
  readonly epoch: number;
  /** Mean violation of the training split; 0 is feasible. */
  readonly violation: number;
  /** Mean of the losses of the last {@link averagedEpochs}. */
  readonly loss: number;
  /** Factor of the output transform, for a network that is trained on a function of the targets. */
  readonly factor?: Float32Array;
}

/**
 * Number of epochs over which the loss is averaged before it is compared: one in two hundred. Few validation rows make the
 * loss of a single epoch noisy, and the least of a thousand noisy losses is often that of a lucky epoch: measured on
 * tables of 21 to 354 training rows, averaging over five of 1,000 evaluations lowered the test error on most, by 1.4 % in the mean of the first eight.
 *
 * @param epochs - of the whole run
 */
export const averagedEpochs = (epochs: number): number => Math.max(1, Math.round(epochs / 200));

/**
 * Whether `candidate` should replace `best`. An equal candidate does not: the earlier epoch stays.
 *
 * @param constrained - false for a method without a constraint: then only the loss decides
 */
export function isBetter(candidate: Candidate, best: Candidate | undefined, constrained: boolean): boolean {
  if (best === undefined) return true;
  if (constrained && candidate.violation !== best.violation) return candidate.violation < best.violation;
  return candidate.loss < best.loss;
}
