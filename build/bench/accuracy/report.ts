import { digits, table as textTable } from '../statistics.mjs';
import { rowsOf, summarise, type MeasuredTable, type RatioSummary } from './figures.ts';

/** The other side's models, in the order of the tables. */
const peerTitles: Readonly<Record<string, string>> = {
  mlp: 'MLPRegressor',
  'mlp-early': 'MLPRegressor 64-64, early stopping',
  linear: 'LinearRegression',
  boosting: 'GradientBoosting, clipped at 0',
  mean: 'the training mean',
};
export const peerIds = Object.keys(peerTitles);

/** The note above the tables. */
export const protocol = (points: number): string =>
  [
    'Rows with a missing value are left out. Numbers of scikit-learn are standardised, categories one-hot, both as the training',
    'rows have them; its networks have a standardised target, and early stopping takes 10 % of the training rows for itself.',
    '"MLP": the better of its networks. "negative": test rows with a negative prediction. "box": of',
    `${points} uniform points of the training box, those below the bound. A ratio compares means over the runs.`,
    '',
  ].join('\n');

/** One table's figures as text, one block per target. */
export function tableText(measured: MeasuredTable): string {
  const { name, targets, rows, leftOut, few, entries } = measured;
  const runs = entries[0]?.runs.length ?? 0;
  const about = `${rows} rows${leftOut === 0 ? '' : ` (${leftOut} left out)`}, ${runs} ${few ? 'splits' : 'seeds'}`;
  const blocks = targets.map((target, index) => {
    const all = rowsOf(measured, index);
    const lines = all.map((row) => [
      `  ${titleOf(measured, row.id)}`,
      figure(row.rmse),
      figure(row.toNetwork),
      figure(row.toLinear),
      figure(row.toNone),
      percent(row.negative),
      percent(row.below),
      Number.isFinite(row.seconds) ? row.seconds.toFixed(1) : '-',
    ]);
    const head = [`${name}: ${target}`, 'test RMSE', 'to MLP', 'to line', 'to none', 'negative', 'box', 'seconds'];
    const failures = all.flatMap(({ id, errors }) =>
      errors.length === 0 ? [] : [`  ${id}: ${errors.length} of ${runs} runs failed: ${errors[0] ?? ''}`],
    );
    return [textTable([head, ...lines]), ...failures].join('\n');
  });
  return `${about}\n${blocks.join('\n')}\n`;
}

/** "default" with the methods that it came to. */
function titleOf({ entries }: MeasuredTable, id: string): string {
  if (id !== 'default') return peerTitles[id] ?? id;
  const runs = entries.find((entry) => entry.id === id)?.runs ?? [];
  const methods = new Set(runs.flatMap((run) => ('error' in run ? [] : (run.result?.method ?? []))));
  return methods.size === 0 ? id : `default (${[...methods].join(', ')})`;
}

/** The ratios of every method over all tables. */
export function summaries(tables: readonly MeasuredTable[], methods: readonly string[]): MethodSummary[] {
  const few = tables.filter((table) => table.few);
  return methods.map((method) => ({
    method,
    toNetwork: summarise(tables, method, 'toNetwork'),
    toLinearOnFewRows: summarise(few, method, 'toLinear'),
    toNone: summarise(tables, method, 'toNone'),
    toMean: summarise(tables, method, 'toMean'),
  }));
}

export interface MethodSummary {
  readonly method: string;
  readonly toNetwork: RatioSummary;
  readonly toLinearOnFewRows: RatioSummary;
  readonly toNone: RatioSummary;
  readonly toMean: RatioSummary;
}

export function summaryText(methods: readonly MethodSummary[]): string {
  const cells = ({ mean, worst, where, tables }: RatioSummary): string[] =>
    tables === 0 ? ['-', '-'] : [figure(mean), `${figure(worst)} ${where}`];
  const heads = ['to MLP', 'to line, few rows', 'to none', 'to the mean'].flatMap((head) => [head, 'worst']);
  const rows = methods.map(({ method, toNetwork, toLinearOnFewRows, toNone, toMean }) => [
    `  ${method}`,
    ...[toNetwork, toLinearOnFewRows, toNone, toMean].flatMap(cells),
  ]);
  return textTable([['geometric means', ...heads], ...rows]);
}

const figure = (value: number): string => (Number.isFinite(value) ? digits(value) : '-');
const percent = (share: number): string => (Number.isFinite(share) ? `${digits(100 * share)} %` : '-');
