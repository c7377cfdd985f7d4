import { parseMethodChange } from '../constraints/registry.ts';
import type { PausedChange, RunChange } from '../contract/runRecord.ts';
import type { RunContext } from './runContext.ts';

/**
 * Checks a change made while a run is paused and adds the step at which it takes effect; undefined for an empty change.
 *
 * @throws OrthantError `configuration` if the change is not possible
 */
export function changeOf(
  { parts, position }: RunContext,
  { epochs, learningRate, methodSettings }: PausedChange,
): RunChange | undefined {
  const change: RunChange = {
    step: position.step,
    ...(epochs === undefined ? {} : { epochs }),
    ...(learningRate === undefined ? {} : { learningRate }),
    ...(methodSettings === undefined ? {} : { methodSettings: parseMethodChange(parts.definition.id, methodSettings) }),
  };
  return Object.keys(change).length === 1 ? undefined : change;
}

/** The changes of a run that have not taken effect yet, in the order of their steps. */
export class PendingChanges {
  readonly #pending: RunChange[];

  /** @param changes - all changes of the run so far; the first ones are those that `context` has already applied */
  constructor(changes: readonly RunChange[], { position }: RunContext) {
    const inOrder = [...changes].sort((first, second) => first.step - second.step);
    this.#pending = inOrder.slice(position.changes.length);
  }

  /** The step before which the next change takes effect; Infinity if there is no change. */
  get nextStep(): number {
    return this.#pending[0]?.step ?? Infinity;
  }

  /** Adds a change that takes effect before the next step. */
  add(change: RunChange): void {
    this.#pending.unshift(change);
  }

  /** Applies the changes that are due. Returns whether there were any. */
  apply({ execution, parts, position }: RunContext): boolean {
    const due = this.#pending.splice(0, this.#pending.filter(({ step }) => step <= position.step).length);
    for (const change of due) {
      position.epochs = change.epochs ?? position.epochs;
      position.learningRate = change.learningRate ?? position.learningRate;
      if (change.methodSettings !== undefined) {
        execution.pull();
        parts.method.change?.(change.methodSettings);
        execution.push();
      }
      position.changes.push(change);
    }
    return due.length > 0;
  }
}
