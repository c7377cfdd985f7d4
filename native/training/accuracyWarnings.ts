import { betterBaseline } from '../base/baselines.ts';
import { figure, readable } from '../base/figures.ts';
import { firstOnes } from '../base/lists.ts';
import type { SettledConfiguration } from '../contract/configuration.ts';
import { moreEpochs, usualSteps } from '../contract/epochSteps.ts';
import type { Warning } from '../contract/inspection.ts';
import {
  heldOutSplit,
  splitTitles,
  type OutputReport,
  type SplitReport,
  type SplitReports,
  type TrainingResult,
} from '../contract/results.ts';
import type { DataSet } from '../data/dataset.ts';
import { explainTarget } from '../data/rowPatterns.ts';
import { columnOf } from './baselines.ts';

/** A finished run, with baselines in its reports. */
interface Finished extends Pick<TrainingResult, 'epochs' | 'bestEpoch' | 'steps' | 'stopped'> {
  readonly splits: SplitReports;
  readonly configuration: SettledConfiguration;
  readonly dataset: DataSet;
}

/**
 * The warnings of a result. One that is worse than the mean or clearly worse than a linear model says so first, with
 * what explains it or what to do; the patterns of rows among `others` follow, since they explain it too.
 */
export function warningsFirst(run: Finished, others: readonly Warning[]): Warning[] {
  const split = heldOutSplit(run.splits);
  const report = run.splits[split];
  const worse = (report?.outputs ?? []).filter((output) => betterBaseline(output) !== undefined);
  if (report === undefined || worse.length === 0) return [...others];
  const names = run.dataset.schema.targets.map(({ name }) => name);
  const patterns = others.filter(({ topic }) => topic === 'pattern');
  const explained = worse.flatMap(({ name }) => {
    const column = columnOf(run.dataset.splits.train, names.indexOf(name), names.length);
    return explainTarget(name, column, run.configuration.training.loss) ?? [];
  });
  const { text, epochs } = whatToDo(run, report, worse, explained.length + patterns.length > 0);
  const where = `on the ${readable(report.rows)} ${splitTitles[split]} rows`;
  const message = [...sentences(worse, where), ...(text === undefined ? [] : [text])].join(' ');
  return [
    { topic: 'accuracy', message, ...(epochs === undefined ? {} : { epochs }) },
    ...explained,
    ...patterns,
    ...others.filter((warning) => !patterns.includes(warning)),
  ];
}

const shown = (value: number | undefined): string => readable(figure(value ?? NaN));

function sentences(worse: readonly OutputReport[], where: string): string[] {
  const below = (kind: 'mean' | 'linear', title: string): string[] => {
    const outputs = worse.filter((output) => betterBaseline(output) === kind);
    const list = outputs.map(
      ({ name, rmse, meanRmse, linearRmse }) =>
        `${name} (RMSE ${shown(rmse)}, mean ${shown(meanRmse)}, linear model ${shown(linearRmse)})`,
    );
    return outputs.length === 0 ? [] : [`Worse than ${title} ${where}: ${firstOnes(list, { most: 3 })}.`];
  };
  return [...below('mean', 'always predicting the mean'), ...below('linear', 'a linear model')];
}

/** One sentence that fits the case, unless the rows explain it, and the epochs that it suggests. */
function whatToDo(
  { configuration, epochs, bestEpoch, steps, stopped, splits, dataset }: Finished,
  { rows }: SplitReport,
  worse: readonly OutputReport[],
  explained: boolean,
): { text?: string; epochs?: number } {
  const { training, constraint } = configuration;
  const { train } = splits;
  if (stopped === 'by-request') {
    return {
      text: `The run was stopped after ${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}: resume it, or train another one for longer.`,
    };
  }
  const more = stopped === 'finished' ? { epochs: moreEpochs(training, train?.rows ?? rows) } : {};
  const longer =
    more.epochs === undefined
      ? 'let early stopping wait longer'
      : `train with more epochs, for example ${readable(more.epochs)}`;
  if (steps < usualSteps / 2) return { text: `It was trained for only ${readable(steps)} steps: ${longer}.`, ...more };
  if (constraint.method.id === 'positive-parameters') {
    return { text: 'This method makes outputs rise with every input: take non-negative-last-layer if they do not.' };
  }
  if (explained) return {};
  // An early best epoch means that training went on to follow single rows, so that more of it would not help.
  const unlearned =
    bestEpoch > epochs / 2 &&
    (train?.outputs ?? []).some(
      (output) => worse.some(({ name }) => name === output.name) && betterBaseline(output) !== undefined,
    );
  if (unlearned && training.loss !== 'squared-error') {
    return {
      text: `It was trained with the loss ${training.loss}: compare it with squared-error, which the RMSE measures.`,
    };
  }
  if (unlearned) {
    return {
      text: `It is not better on the training rows either: ${longer}, or with a higher learning rate or larger layers.`,
      ...more,
    };
  }
  const inputs = dataset.preparation.features.length;
  return {
    text: `It learned its ${readable(train?.rows ?? 0)} training rows with ${readable(inputs)} inputs too closely: use more rows, more weight decay or smaller layers.`,
  };
}
