import { z } from 'zod';
import { choiceOf } from './settings.ts';

/** The settings of the engine that trains a run. */

export const engines = {
  auto: { title: 'Best there is' },
  tensorflow: { title: 'TensorFlow' },
  wasm: { title: 'Embedded (WASM)' },
};

export const devices = { auto: { title: 'Best there is' }, cpu: { title: 'CPU' }, gpu: { title: 'GPU' } };

/**
 * How steps are executed. `auto` takes the first of the others that works, but compiles nothing for a run of few steps.
 */
export const executions = {
  auto: { title: 'Best there is' },
  xla: { title: 'Many steps in a program compiled by XLA' },
  graph: { title: 'Many steps in a program, without XLA' },
  eager: { title: 'One operation at a time' },
};

export const runtimeSettingsSchema = z.strictObject({
  engine: choiceOf(engines).default('auto').meta({
    title: 'Engine',
    description: 'what trains',
    flag: '--engine <name>',
  }),
  device: choiceOf(devices).default('auto').meta({
    title: 'Device',
    description: 'where it trains',
    flag: '--device <name>',
  }),
  /** Slower GPU kernels that give the same numbers every time. */
  deterministic: z.boolean().default(false).meta({
    title: 'Same numbers every time',
    description: 'on a GPU: the same numbers every time, slower (a CPU always gives them)',
    help: 'Slower kernels on a GPU.',
    flag: '--deterministic',
  }),
  execution: choiceOf(executions).default('auto').meta({
    title: 'Execution',
    description: 'how steps are carried out',
    flag: '--execution <name>',
  }),
});
export type RuntimeSettings = z.infer<typeof runtimeSettingsSchema>;
