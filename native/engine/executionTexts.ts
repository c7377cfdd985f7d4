import type { Warning } from '../contract/inspection.ts';
import type { EngineRuntime } from '../tensorflow/backend.ts';
import type { ExecutionReport } from '../training/execution.ts';

/** Texts about the engine and the execution of a run. */

export const engineName = ({ engine, version, device }: Pick<EngineRuntime, 'engine' | 'version' | 'device'>): string =>
  `${engine} ${version} on ${device}`;

const ways: Readonly<Record<ExecutionReport['kind'], string>> = {
  xla: 'compiled by XLA',
  graph: 'as a TensorFlow graph, without XLA',
  eager: 'one operation at a time',
};

/** The warning for a run that is resumed with another engine or execution. */
export const differentNumbers = (before: string, now: string): Warning => ({
  message: `The run began with ${before} and resumes with ${now}: its numbers will differ slightly from those of an uninterrupted run.`,
});

/**
 * Describes an execution: a warning if a faster one was refused or the run began with another one, a note if there was
 * a reason not to try a faster one.
 */
export function describeExecution(
  { kind, reason, refused }: ExecutionReport,
  began: ExecutionReport['kind'] | undefined,
): { readonly warnings: readonly Warning[]; readonly note?: string } {
  const warnings: Warning[] = [];
  if (refused && reason !== undefined) warnings.push({ message: `Steps are executed ${ways[kind]}. ${reason}` });
  if (began !== undefined && began !== kind)
    warnings.push(differentNumbers(`steps ${ways[began]}`, `steps ${ways[kind]}`));
  if (refused || reason === undefined) return { warnings };
  return { warnings, note: `executing steps ${ways[kind]} (${phrase(reason)})` };
}

/** Converts a sentence to a phrase inside another sentence. */
const phrase = (sentence: string): string =>
  `${sentence.charAt(0).toLowerCase()}${sentence.slice(1).replace(/\.$/, '')}`;
