import type { Phases, TrainingResult } from '../../native/contract/results.ts';

interface PhaseTime {
  readonly name: string;
  readonly seconds: number;
  /** Share of the total time, 0 to 1. */
  readonly share: number;
}

/** Labels of the phases, in the order of a run. */
const names: Readonly<Record<keyof Phases, string>> = {
  setup: 'Starting',
  read: 'Reading the data',
  compile: 'Compiling',
  train: 'Training',
  evaluate: 'Evaluating',
  export: 'Exporting',
};

/** The phases that took any time. */
export function phaseTimes(phases: Phases): PhaseTime[] {
  const taken = (Object.keys(names) as (keyof Phases)[])
    .map((phase) => ({ name: names[phase], seconds: phases[phase] ?? 0 }))
    .filter(({ seconds }) => seconds > 0);
  const all = taken.reduce((sum, { seconds }) => sum + seconds, 0);
  return taken.map((phase) => ({ ...phase, share: phase.seconds / all }));
}

const executions: Readonly<Record<TrainingResult['execution'], string>> = {
  xla: 'with all steps in one program, compiled by XLA',
  graph: 'with all steps in one TensorFlow program, without XLA',
  eager: 'one operation at a time',
};

const engines: Readonly<Record<TrainingResult['engine'], string>> = {
  tensorflow: 'TensorFlow',
  wasm: 'the embedded WASM engine',
};

/** Sentence about the engine, the device and the execution, and why not a faster one. */
export function executionText({ engine, version, device, execution, executionReason }: TrainingResult): string {
  const where = device === 'gpu' ? 'the card' : 'the processor';
  const text = `Trained by ${engines[engine]} ${version} on ${where}, ${executions[execution]}.`;
  return executionReason === undefined ? text : `${text} ${executionReason}`;
}
