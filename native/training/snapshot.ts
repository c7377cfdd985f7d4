/**
 * Which epoch's weights a run hands over. Of the feasible ones (no training row below epsilon) the one with the least
 * loss; without a feasible one, the one with the least violation. The loss is the validation split's, or the training
 * split's where there is no validation split. Cotter et al. (TFCO, 2019) choose among snapshots in the same spirit.
 *
 * Violation is the mean over training rows and outputs of relu(epsilon - prediction) in standard deviations of the
 * target: it counts how many rows violate and how far, and moves even while the share of violating rows stands still.
 */
export interface Candidate {
  readonly epoch: number;
  /** Mean violation of the training split; 0 is feasible. */
  readonly violation: number;
  readonly loss: number;
}

/**
 * Whether `candidate` is to replace `best`. Equals do not: the earlier epoch stays.
 *
 * @param constrained - false for a method that does not pursue the bound: then the loss alone decides
 */
export function isBetter(candidate: Candidate, best: Candidate | undefined, constrained: boolean): boolean {
  if (best === undefined) return true;
  if (constrained && candidate.violation !== best.violation) return candidate.violation < best.violation;
  return candidate.loss < best.loss;
}
