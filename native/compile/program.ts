import type { FunctionBody } from './body.ts';

/** A tensor that the session keeps from call to call. */
export interface Resident {
  /** Name of its function argument. */
  readonly name: string;
  readonly type: number;
  readonly shape: readonly number[];
}

/** Many training steps in one call. */
export interface Loop {
  readonly name: string;
  /** Rows in a step. */
  readonly batch: number;
  /** Most steps of one call; the actual number is a run-time input. */
  readonly maxSteps: number;
  /** Compile with XLA. */
  readonly xla: boolean;
  /**
   * One step. Arguments: the residents by name, `rows` (int32 [batch]), `rate` (float scalar) and, if the program is
   * chunked, `places` (int32 [batch]). Results: `objective` (float scalar) and the new value of every state variable,
   * by name.
   */
  readonly body: FunctionBody;
}

/** A forward pass over consecutive rows. */
export interface Forward {
  readonly name: string;
  /** The resident with the input rows, [rows, features]; undefined if each call gets its rows as an input. */
  readonly inputs: string | undefined;
  /** Rows of one call. */
  readonly rows: number;
  /** Rows of one block: the blocks of a call are computed in parallel. */
  readonly blockRows: number;
  readonly features: number;
  readonly outputs: number;
  /** Arguments: the state by name and `batch` (float [rows, features]). Result: `prediction` [rows, outputs]. */
  readonly body: FunctionBody;
}

export interface ProgramSpecification {
  readonly state: readonly Resident[];
  readonly data: readonly Resident[];
  /**
   * Whether `data` holds only a part of the rows at a time: each step then gets the positions of its rows as an input.
   */
  readonly chunked: boolean;
  readonly loops: readonly Loop[];
  readonly forwards: readonly Forward[];
  /** Number of threads for one operation; 0 means one for each processor. */
  readonly threads: number;
}

/** Names of placeholders and fetches of a program's graph, shared by the writer and the session. */
export const graphNames = {
  value: (resident: string) => `value_${resident}`,
  assign: (resident: string) => `assign_${resident}`,
  read: (resident: string) => `read_${resident}`,
  rows: (loop: string) => `rows_${loop}`,
  places: (loop: string) => `places_${loop}`,
  rates: (loop: string) => `rates_${loop}`,
  steps: (loop: string) => `steps_${loop}`,
  objectives: (loop: string) => `objectives_${loop}`,
  start: (forward: string) => `start_${forward}`,
  batch: (forward: string) => `batch_${forward}`,
  prediction: (forward: string) => `prediction_${forward}`,
};
