import { digits, median } from '../statistics.mjs';

/** One number the window is held to. */
export interface Figure {
  readonly name: string;
  /** What is to be reached, for a person; `printed` where the figure is only to be known. */
  readonly target: string;
  /** What was measured, for a person. */
  readonly measured: string;
  /** Absent where nothing is to be reached. */
  readonly reached?: boolean;
  /** Everything that was measured, for the JSON file. */
  readonly details: object;
}

export interface BenchContext {
  readonly root: string;
  /** For what a bench writes; gone when the benches have ended. */
  readonly folder: string;
  /** For what is worth keeping from one time to the next: large files that are made by formula. */
  readonly kept: string;
  readonly quick: boolean;
}

export interface Bench {
  readonly name: string;
  run(context: BenchContext): Promise<Figure[]>;
}

interface Limit {
  readonly name: string;
  readonly value: number;
  readonly below: number;
  readonly unit: string;
  readonly details: object;
  /** Said behind the number. */
  readonly remark?: string;
}

/** A figure that is to stay below a limit. */
export const limited = ({ name, value, below, unit, details, remark }: Limit): Figure => ({
  name,
  target: `< ${below} ${unit}`,
  measured: `${digits(value)} ${unit}${remark === undefined ? '' : ` (${remark})`}`,
  reached: value < below,
  details: { value, ...details },
});

/** Median with its range, for a person. */
export const range = (values: readonly number[]): string =>
  `${digits(Math.min(...values))} to ${digits(Math.max(...values))}`;

export { digits, median };
