import type { RunConfiguration } from '../../native/contract/configuration.ts';
import type { DoctorReport } from '../../native/contract/doctor.ts';
import type { MethodPromise } from '../../native/contract/methods.ts';
import type { Evidence } from '../../native/contract/results.ts';
import { isActive, type RunState, type RunSummary } from '../../native/contract/runs.ts';
import { formatCount, formatNumber } from './format.ts';

/** What things are called in the window. */

export const promiseLabels: Record<MethodPromise, string> = {
  none: 'no promise',
  encourages: 'encourages',
  'at-convergence': 'at convergence',
  'for-every-input': 'for every input',
};

export const stateLabels: Record<RunState, string> = {
  queued: 'waiting',
  preparing: 'preparing',
  training: 'training',
  paused: 'paused',
  finished: 'finished',
  stopped: 'stopped',
  failed: 'failed',
  interrupted: 'interrupted',
};

export const engineStateLabels: Record<'starting' | 'running' | 'crashed', string> = {
  starting: 'starting',
  running: 'running',
  crashed: 'ended, not running',
};

export const evidenceLabels: Record<Evidence['level'], string> = {
  none: 'not shown',
  train: 'training rows',
  'held-out': 'held-out rows',
  'by-construction': 'by construction',
};

/** What a model whose outputs keep their bounds is: positive, unless a bound is below zero. */
export const keptTitle = ({ lowestBound }: Evidence): string => (lowestBound < 0 ? 'Bound kept' : 'Positive');

/** How far a run's outputs keep their bounds, in a few words. */
export const positiveText = (evidence: Evidence): string =>
  evidence.level === 'none'
    ? 'below the bound'
    : `${keptTitle(evidence).toLowerCase()}: ${evidenceLabels[evidence.level]}`;

/** Those of these facts about a run that its name does not say already. */
export const unsaid = (name: string, facts: readonly string[]): string[] =>
  facts.filter((fact) => !name.includes(fact));

/** Epochs of a run: "8", or "3 of 8" where it ended before the last. */
export function epochsDone({ state, epochs, trained, checkpoint }: RunSummary): string {
  const done = isActive(state) ? epochs : (trained ?? checkpoint ?? 0);
  return `${formatCount(done)}${done < epochs ? ` of ${formatCount(epochs)}` : ''}`;
}

/** The same with its unit: "8 epochs", "3 of 8 epochs". */
export const epochsText = (run: RunSummary): string =>
  `${epochsDone(run)} ${Math.max(run.epochs, run.trained ?? 0) === 1 ? 'epoch' : 'epochs'}`;

/** The engine in a few words: "TensorFlow 2.21 · CPU 2 cores". */
export function engineText(doctor: DoctorReport): string {
  const version = doctor.version.split('.').slice(0, 2).join('.');
  const engine = doctor.engine === 'tensorflow' ? 'TensorFlow' : 'Embedded engine (WASM)';
  const device = doctor.device === 'gpu' ? doctor.deviceName : `CPU ${doctor.cores} cores`;
  return `${engine} ${version} · ${device}`;
}

/** The bound in a few words. */
export function boundText(configuration: RunConfiguration): string {
  const { epsilon } = configuration.constraint;
  const values = typeof epsilon === 'number' ? [epsilon] : [...new Set(Object.values(epsilon))];
  return values.length === 1 ? `≥ ${formatNumber(values[0] ?? 0, 6)}` : '≥ a bound each';
}
