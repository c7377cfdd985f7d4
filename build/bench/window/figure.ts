import { digits, median, summary } from '../statistics.mjs';

/** A measured number of the window that must stay below a limit. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly limit: number;
  readonly samples: readonly number[];
}

export interface BenchContext {
  readonly root: string;
  /** Folder for the files of one bench; removed after it. */
  readonly folder: string;
  readonly quick: boolean;
}

export interface Bench {
  readonly name: string;
  run(context: BenchContext): Promise<Figure[]>;
}

export const isReached = ({ samples, limit }: Figure): boolean => median(samples) < limit;

/** A row of the table of figures. */
export function rowOf(figure: Figure): string[] {
  const { name, unit, limit, samples } = figure;
  const { median: middle, least, most } = summary(samples);
  const measured = `${digits(middle)} ${unit} (${digits(least)} to ${digits(most)})`;
  return [name, `< ${limit} ${unit}`, measured, isReached(figure) ? 'yes' : 'NO'];
}
