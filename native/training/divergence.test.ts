import { expect, it } from 'vitest';
import type { RunConfigurationInput } from '../contract/configuration.ts';
import { divergenceError, type DivergenceContext } from './divergence.ts';
import { exampleConfiguration } from './testing/example.ts';

const explain = (
  training: RunConfigurationInput['training'],
  known: Partial<DivergenceContext> = {},
): { message: string; field: string | undefined } =>
  divergenceError('the objective is not a finite number', {
    configuration: exampleConfiguration({ training }),
    epoch: 3,
    step: 17,
    learningRate: 0.001,
    largestInput: 4,
    coefficient: undefined,
    ...known,
  });

it('reports the epoch and step, and that the last good checkpoint is kept', () => {
  const { message } = explain({});
  expect(message).toContain('epoch 3 (step 17): the objective is not a finite number');
  expect(message).toContain('The last good checkpoint is kept.');
  // The first epoch has no checkpoint yet.
  expect(explain({}, { epoch: 1 }).message).not.toContain('checkpoint');
});

it('names the likely cause: the first unusual value', () => {
  const high = explain({ optimizer: { id: 'adam', learningRate: 0.5 } }, { learningRate: 0.5, largestInput: 1e6 });
  expect(high.field).toBe('training.optimizer.learningRate');
  expect(high.message).toContain('0.5 is too high for adam');
  // Plain gradients allow a higher learning rate than steps of normalised size.
  const plain = explain({ optimizer: { id: 'sgd', learningRate: 0.05 } }, { learningRate: 0.05, largestInput: 1e6 });
  expect(plain.field).toBe('data.scaling.inputs');
  expect(plain.message).toContain('1.00e+6');
  const coefficient = explain({}, { coefficient: 5e4 });
  expect(coefficient.field).toBe('constraint.method.settings');
  expect(coefficient.message).toContain('5.00e+4');
});

it('suggests clipping only if the gradient is not clipped yet', () => {
  expect(explain({}).message).toContain('clip the gradient');
  expect(explain({ gradientClip: 1 }).message).not.toContain('clip the gradient');
});
