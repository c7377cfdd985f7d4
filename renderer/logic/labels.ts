import type { RunConfiguration } from '../../native/contract/configuration.ts';
import type { DoctorReport } from '../../native/contract/doctorReport.ts';
import type { Evidence } from '../../native/contract/results.ts';
import { isActive, type RunState, type RunSummary } from '../../native/contract/runRecord.ts';
import { formatCount, formatNumber } from './format.ts';

/** Labels used in the window. */

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

/** Title of a model whose outputs keep their bounds: positive, unless a bound is below zero. */
export const keptTitle = ({ lowestBound }: Evidence): string => (lowestBound < 0 ? 'Bound kept' : 'Positive');

/** Short text about the evidence that a run's outputs keep their bounds. */
export const positiveText = (evidence: Evidence): string =>
  evidence.level === 'none'
    ? 'below the bound'
    : `${keptTitle(evidence).toLowerCase()}: ${evidenceLabels[evidence.level]}`;

/** The facts about a run that are not part of its name. */
export const notInName = (name: string, facts: readonly string[]): string[] =>
  facts.filter((fact) => !name.includes(fact));

/** Epochs of a run: "8", or "3 of 8" if it ended early; "automatic" before they are chosen for its table. */
export function epochsDone({ state, epochs, trained, checkpoint }: RunSummary): string {
  if (isActive(state)) return epochs === undefined ? 'automatic' : formatCount(epochs);
  const done = trained ?? checkpoint ?? 0;
  return `${formatCount(done)}${done < (epochs ?? 0) ? ` of ${formatCount(epochs ?? 0)}` : ''}`;
}

/** The current epoch of a run: "epoch 3/8"; without the second number before it is chosen for the table. */
export const epochOfAll = (epoch: number, epochs: number): string =>
  `epoch ${formatCount(epoch)}${epochs === 0 ? '' : `/${formatCount(epochs)}`}`;

/** Epochs of a run with the unit: "8 epochs", "3 of 8 epochs". */
export const epochsText = (run: RunSummary): string =>
  `${epochsDone(run)} ${Math.max(run.epochs ?? 0, run.trained ?? 0) === 1 ? 'epoch' : 'epochs'}`;

/** Short text about the engine: "TensorFlow 2.21 · CPU 2 cores". */
export function engineText(doctor: DoctorReport): string {
  const version = doctor.version.split('.').slice(0, 2).join('.');
  const engine = doctor.engine === 'tensorflow' ? 'TensorFlow' : 'Embedded engine (WASM)';
  const device = doctor.device === 'gpu' ? doctor.deviceName : `CPU ${doctor.cores} cores`;
  return `${engine} ${version} · ${device}`;
}

/** Short text about the bounds. */
export function boundText(configuration: RunConfiguration): string {
  const { epsilon } = configuration.constraint;
  const values = typeof epsilon === 'number' ? [epsilon] : [...new Set(Object.values(epsilon))];
  return values.length === 1 ? `≥ ${formatNumber(values[0] ?? 0, 6)}` : '≥ a bound each';
}
