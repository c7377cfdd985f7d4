import {
  differenceLimit,
  splitNames,
  splitTitles,
  type Evidence,
  type OutputReport,
  type SplitName,
  type SplitReports,
} from '../contract/results.ts';
import type { Model } from '../network/model.ts';
import { proveByConstruction } from './byConstruction.ts';
import { figure, figureAbove, figureBelow, readable } from '../base/figures.ts';
import { joined } from '../base/lists.ts';

/**
 * The strongest statement about a model's positivity that the evidence supports:
 *
 * - `by-construction`: the stored weights prove that no output is below its bound for any input; no row contradicts;
 * - `held-out`: no row of training, validation and test split is below its bound, and not all rows are training rows;
 * - `train`: no training row is below its bound;
 * - `none`: some training row is below its bound, or no training row was evaluated.
 *
 * @param splits - evaluation of this model; empty if it was not evaluated
 */
export function gatherEvidence(model: Model, splits: SplitReports): Evidence {
  const proofs = proveByConstruction(model);
  const proved = proofs.every((proof) => proof.holds);
  const evaluated = splitNames.filter((split) => (splits[split]?.rows ?? 0) > 0);
  const broken = evaluated.filter((split) => splits[split]?.outputs.some((output) => output.violationShare > 0));
  const kept = proved && broken.length === 0;
  const claim = (level: Evidence['level'], statement: string): Evidence => ({
    level,
    statement,
    details: proofs.map((proof) => `${proof.output}: ${proof.reason}`),
    figures: evaluated.flatMap((split) => describeSplit(split, splits, model)),
    limits: kept ? [overflow] : broken.includes('train') ? [] : limitsOf(model, splits, evaluated, broken),
    lowestBound: Math.min(...model.epsilon),
  });
  const below = describeBelow(model);
  if (kept) return claim('by-construction', `No output is ${below} for any input; the stored weights prove it.`);
  if (!evaluated.includes('train'))
    return claim('none', 'No row was evaluated, so nothing is known about the outputs.');
  if (broken.includes('train')) return claim('none', `Some training rows have an output ${below}.`);
  const clean = (names: readonly SplitName[]): string =>
    `As computed in training, no output is ${below} on any of the ${joined(names.map((name) => `${readable(splits[name]?.rows ?? 0)} ${splitTitles[name]}`))} rows`;
  if (broken.length > 0) {
    const others = joined(broken.map((name) => splitTitles[name]));
    return claim('train', `${clean(['train'])}, but some ${others} rows have one.`);
  }
  if (evaluated.length === 1) return claim('train', `${clean(['train'])}; there are no other rows.`);
  return claim('held-out', `${clean(evaluated)}; other inputs were not checked.`);
}

const overflow = 'An input so large that float32 overflows may give NaN instead of a number.';

/** The error probability of a statement with 95 % confidence. */
const doubt = 0.05;

/** Caveats to show with the statement. */
function limitsOf(
  model: Model,
  splits: SplitReports,
  evaluated: readonly SplitName[],
  broken: readonly SplitName[],
): string[] {
  const near = evaluated.some((split) =>
    splits[split]?.outputs.some(({ minimum }, output) => {
      const distance = (minimum - (model.epsilon[output] ?? 0)) / (model.schema.targets[output]?.scale ?? 1);
      return distance >= 0 && distance < differenceLimit;
    }),
  );
  const rows = splits.test?.rows ?? 0;
  // Clopper and Pearson 1934 for no case in n rows: (1 - p)^n = doubt; about 3 / n. A row counts once for all outputs.
  const share = -Math.expm1(Math.log(doubt) / rows);
  return [
    ...(near
      ? ['Some predictions are so close to their bound that other rounding may put them on the other side.']
      : []),
    ...(evaluated.includes('validation')
      ? ['Validation rows were not trained on, but their loss helped to choose the epoch.']
      : []),
    ...(evaluated.includes('test') && !broken.includes('test')
      ? [
          `With 95 % confidence at most ${readable(figureAbove(100 * share))} % of all rows like the ${readable(rows)} test rows have an output below its bound, provided that no choice was based on these ${readable(rows)}.`,
        ]
      : []),
  ];
}

function describeBelow(model: Model): string {
  const distinct = new Set(model.epsilon);
  return distinct.size === 1 ? `below ${readable(model.epsilon[0] ?? 0)}` : 'below its bound';
}

/** Rounded to the nearest, as in tables, unless that would raise a prediction below its bound to the bound. */
const lowest = (minimum: number, bound: number): string =>
  minimum < bound && Number(figure(minimum)) >= bound ? figureBelow(minimum) : figure(minimum);

function describeSplit(split: SplitName, splits: SplitReports, model: Model): string[] {
  const report = splits[split];
  if (report === undefined) return [];
  const one = (output: OutputReport, bound: number): string => {
    const below = Math.round(output.violationShare * report.rows);
    return `${output.name}, ${splitTitles[split]}: ${below === 0 ? 'no row' : `${readable(below)} of ${readable(report.rows)} rows`} below ${readable(bound)}, lowest prediction ${readable(lowest(output.minimum, bound))}.`;
  };
  return report.outputs.map((output, i) => one(output, model.epsilon[i] ?? 0));
}
