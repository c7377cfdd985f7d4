import type { TrainingResult } from '../../../native/contract/results.ts';

/** Figures of one model that was trained on one division of a table's rows; each list has one value per target. */
export interface Figures {
  /** On the test rows, in the target's units. */
  readonly rmse: readonly number[];
  /** Share of the test rows whose prediction is negative. */
  readonly negative: readonly number[];
  /** Share of the points of the training box whose prediction is below the bound. */
  readonly below: readonly number[];
  readonly seconds: number;
  readonly result?: TrainingResult;
}

/** The figures of a run, or the reason why it has none. */
export type Run = Figures | { readonly error: string };

/** A method or another program's model. */
export interface Entry {
  readonly id: string;
  readonly runs: readonly Run[];
}

export interface MeasuredTable {
  readonly name: string;
  readonly targets: readonly string[];
  readonly rows: number;
  /** Rows with a missing value. */
  readonly leftOut: number;
  /** Whether the runs are of random splits; else of seeds on one split. */
  readonly few: boolean;
  readonly entries: readonly Entry[];
}

/** Models that the ratios compare with: the better of the networks, the linear model, the method without constraint, the mean. */
const bases = {
  toNetwork: ['mlp', 'mlp-early'],
  toLinear: ['linear'],
  toNone: ['none'],
  toMean: ['mean'],
} as const;
export type RatioName = keyof typeof bases;

/** Means over the runs of one entry for one target. */
export interface Row extends Readonly<Record<RatioName, number>> {
  readonly id: string;
  readonly rmse: number;
  readonly negative: number;
  readonly below: number;
  readonly seconds: number;
  readonly errors: readonly string[];
}

/**
 * Means and ratios of all entries. An entry with a failed run has the means of its other runs, but no ratio: they would
 * be of other rows than the rest.
 */
export function rowsOf({ entries }: MeasuredTable, target: number): Row[] {
  const means = entries.map(({ id, runs }) => {
    const good = runs.flatMap((run) => ('error' in run ? [] : [run]));
    return {
      id,
      rmse: mean(good.map(({ rmse }) => rmse[target] ?? NaN)),
      negative: mean(good.map(({ negative }) => negative[target] ?? NaN)),
      below: mean(good.map(({ below }) => below[target] ?? NaN)),
      seconds: mean(good.map(({ seconds }) => seconds)),
      errors: runs.flatMap((run) => ('error' in run ? [run.error] : [])),
    };
  });
  const comparable = new Map(means.map(({ id, rmse, errors }) => [id, errors.length === 0 ? rmse : NaN]));
  const ratio = (id: string, name: RatioName): number =>
    (comparable.get(id) ?? NaN) / Math.min(...bases[name].map((base) => comparable.get(base) ?? NaN));
  return means.map((row) => ({
    ...row,
    toNetwork: ratio(row.id, 'toNetwork'),
    toLinear: ratio(row.id, 'toLinear'),
    toNone: ratio(row.id, 'toNone'),
    toMean: ratio(row.id, 'toMean'),
  }));
}

/** The ratios of one entry over several tables. */
export interface RatioSummary {
  /** Geometric mean over the tables of the geometric mean over a table's targets. */
  readonly mean: number;
  /** Over the targets of all tables. */
  readonly worst: number;
  /** Table and target of the worst. */
  readonly where: string;
  /** Number of tables with a ratio. */
  readonly tables: number;
}

export function summarise(tables: readonly MeasuredTable[], id: string, name: RatioName): RatioSummary {
  const perTable = tables
    .map((table) =>
      table.targets
        .map((target, index) => {
          const row = rowsOf(table, index).find((candidate) => candidate.id === id);
          return { where: `${table.name} ${target}`, ratio: row?.[name] ?? NaN };
        })
        .filter(({ ratio }) => Number.isFinite(ratio)),
    )
    .filter((ratios) => ratios.length > 0);
  const worst = perTable.flat().reduce((most, one) => (one.ratio > most.ratio ? one : most), { where: '', ratio: 0 });
  return {
    mean: geometricMean(perTable.map((ratios) => geometricMean(ratios.map(({ ratio }) => ratio)))),
    worst: perTable.length === 0 ? NaN : worst.ratio,
    where: worst.where,
    tables: perTable.length,
  };
}

/** NaN without values. */
export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** NaN without values. */
export const geometricMean = (values: readonly number[]): number => Math.exp(mean(values.map(Math.log)));
