import type * as tfjs from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { FunctionBody } from '../compile/body.ts';
import { openEngine, type EngineRuntime } from '../tensorflow/backend.ts';
import { hasTensorflow, testDevice } from '../tensorflow/testEngines.ts';
import { traceParts } from './chooseExecution.ts';
import { buildParts, type TrainingParts } from './buildParts.ts';
import { exampleConfiguration, exampleDataSet } from './testing/example.ts';

let runtime: EngineRuntime;
let parts: TrainingParts;

const bodyOf = (traced: TrainingParts): FunctionBody => {
  const [step] = traceParts(traced, 'cpu').steps;
  if (step === undefined) throw new Error('no step was traced');
  return step.body;
};
const operationsOf = ({ nodes }: FunctionBody): string[] =>
  nodes.map((node) => node.getOp()).filter((operation) => operation !== 'Const');

/** The same step with tfjs's own Adam. */
function withTheirAdam(own: TrainingParts): TrainingParts {
  const { tf, parameters } = own;
  const before = new Set(Object.values(tf.engine().registeredVariables));
  const adam = tf.train.adam(1e-3);
  const apply = (gradients: readonly tfjs.Tensor[]): void => {
    adam.applyGradients(parameters.map(({ variable }, i) => ({ name: variable.name, tensor: gradients[i]! })));
  };
  // Adam creates most of its Variables at its first use.
  tf.tidy(() => {
    apply(parameters.map(({ variable }) => tf.zerosLike(variable)));
  });
  const made = Object.values(tf.engine().registeredVariables).filter((variable) => !before.has(variable));
  const variables = [...parameters.map(({ variable }) => variable), ...made];
  return {
    ...own,
    optimizer: { state: {}, apply, dispose: () => undefined },
    state: Object.fromEntries(variables.map((variable) => [variable.name, variable])),
  };
}

describe.skipIf(!hasTensorflow)('a traced step', () => {
  beforeAll(async () => {
    runtime = await openEngine({ engine: 'tensorflow', device: testDevice });
    parts = buildParts(
      runtime.tf,
      exampleConfiguration({
        network: { hidden: [6, 5, 4], activation: ['relu', 'tanh', 'relu'] },
        training: { optimizer: { id: 'adam' } },
      }),
      exampleDataSet(),
    );
    return () => {
      parts.dispose();
    };
  });

  it("needs fewer operations than with tfjs's own Adam, more than three fewer for each parameter", () => {
    const ours = operationsOf(bodyOf(parts));
    const theirs = operationsOf(bodyOf(withTheirAdam(parts)));
    // Our Adam has some additional operations in each step, and saves more with every parameter.
    expect(theirs.length - ours.length).toBeGreaterThan(3 * parts.parameters.length);
  });

  it('takes one operation for the gradient of each relu layer', () => {
    const operations = operationsOf(bodyOf(parts));
    const count = (name: string): number => operations.filter((operation) => operation === name).length;
    expect({ forward: count('Relu'), back: count('ReluGrad') }).toEqual({ forward: 2, back: 2 });
    // tfjs would multiply by a step function.
    expect(operations.filter((operation) => /Greater|Select|Sign|Step/.test(operation))).toEqual([]);
  });

  it('leaves out unused operations', () => {
    const { tf, optimizer } = parts;
    const idle: TrainingParts = {
      ...parts,
      optimizer: {
        ...optimizer,
        apply: (gradients, rate) => {
          tf.cos(tf.exp(rate));
          optimizer.apply(gradients, rate);
        },
      },
    };
    expect(operationsOf(bodyOf(idle))).toEqual(operationsOf(bodyOf(parts)));
    const { nodes, results } = bodyOf(idle);
    const used = new Set(
      [...nodes.flatMap((node) => node.getInputList()), ...Object.values(results)].map((name) => name.split(':')[0]),
    );
    expect(nodes.map((node) => node.getName()).filter((name) => !used.has(name))).toEqual([]);
  });
});
