import { z } from 'zod';
import { choiceOf } from './describedSetting.ts';

/** The settings of the engine that trains a run. */

export const engines = {
  auto: { title: 'Best available' },
  tensorflow: { title: 'TensorFlow' },
  wasm: { title: 'Embedded (WASM)' },
};

export const devices = { auto: { title: 'Best available' }, cpu: { title: 'CPU' }, gpu: { title: 'GPU' } };

/**
 * How steps are executed. `auto` takes the first of the others that works, but compiles nothing for a run of few steps.
 */
export const executions = {
  auto: { title: 'Best available' },
  xla: { title: 'Many steps in a program compiled by XLA' },
  graph: { title: 'Many steps in a program, without XLA' },
  eager: { title: 'One operation at a time' },
};

export const runtimeSettingsSchema = z.strictObject({
  engine: choiceOf(engines).default('auto').meta({
    title: 'Engine',
    description: 'the library that trains',
    flag: '--engine <name>',
  }),
  device: choiceOf(devices).default('auto').meta({
    title: 'Device',
    description: 'the processor that trains',
    flag: '--device <name>',
  }),
  /** Slower GPU kernels that give the same numbers every time. */
  deterministic: z.boolean().default(false).meta({
    title: 'Same numbers every time',
    description: 'uses slower kernels on a GPU to get the same numbers every time; a CPU always does',
    help: 'Slower kernels on a GPU.',
    flag: '--deterministic',
  }),
  execution: choiceOf(executions).default('auto').meta({
    title: 'Execution',
    description: 'how steps are executed',
    flag: '--execution <name>',
  }),
});
export type RuntimeSettings = z.infer<typeof runtimeSettingsSchema>;
