import {
  splitTitles,
  type Evidence,
  type OutputReport,
  type SplitName,
  type SplitReports,
} from '../contract/results.ts';
import type { Model } from '../network/model.ts';
import { proveByConstruction } from './byConstruction.ts';
import { figure } from './figures.ts';

/**
 * The strongest statement about a model's positivity that there is evidence for:
 *
 * - `by-construction`: every output is at or above its bound for every input, read off the stored weights;
 * - `held-out`: no row of training, validation and test split is below its bound, and there are held-out rows;
 * - `train`: no training row is below its bound;
 * - `none`: some training row is.
 *
 * @param splits - evaluation of this very model
 */
export function gatherEvidence(model: Model, splits: SplitReports): Evidence {
  const bound = describeBound(model);
  const proofs = proveByConstruction(model);
  const details = [
    ...proofs.map((proof) => `${proof.output}: ${proof.reason}`),
    ...(['train', 'validation', 'test'] as const).flatMap((split) => describeSplit(split, splits, model)),
  ];
  if (proofs.every((proof) => proof.holds)) {
    return {
      level: 'by-construction',
      statement: `Every output is ${bound} for every input; this is read off the stored weights.`,
      details,
    };
  }
  const clean = (split: SplitName): boolean => splits[split]?.outputs.every((o) => o.violationShare === 0) ?? false;
  const heldOut = (['validation', 'test'] as const).filter((split) => (splits[split]?.rows ?? 0) > 0);
  const rows = heldOut.reduce((sum, split) => sum + (splits[split]?.rows ?? 0), 0);
  const trainRows = splits.train?.rows ?? 0;
  if (!clean('train')) {
    return { level: 'none', statement: `Some training rows have outputs that are not ${bound}.`, details };
  }
  if (rows > 0 && heldOut.every(clean)) {
    return {
      level: 'held-out',
      statement: `Every output is ${bound} on all ${trainRows} training rows and all ${rows} held-out rows; other inputs were not looked at.`,
      details,
    };
  }
  return {
    level: 'train',
    statement: `Every output is ${bound} on all ${trainRows} training rows${rows > 0 ? ', but not on all held-out rows' : '; there are no held-out rows'}.`,
    details,
  };
}

function describeBound(model: Model): string {
  const distinct = new Set(model.epsilon);
  return distinct.size === 1 ? `at least ${[...distinct].join('')}` : 'at or above its bound';
}

function describeSplit(split: SplitName, splits: SplitReports, model: Model): string[] {
  const report = splits[split];
  if (report === undefined) return [];
  const count = (share: number): number => Math.round(share * report.rows);
  const one = (output: OutputReport, bound: number): string => {
    const below = count(output.violationShare);
    return `${output.name}, ${splitTitles[split]}: ${below === 0 ? 'no row' : `${below} of ${report.rows} rows`} below ${bound}, lowest prediction ${figure(output.minimum)}.`;
  };
  return report.outputs.map((output, i) => one(output, model.epsilon[i] ?? 0));
}
