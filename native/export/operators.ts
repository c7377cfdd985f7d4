import type { Activation } from '../contract/configuration.ts';
import { geluConstants, leakySlope } from '../network/activations.ts';
import type { OutputTransformKind } from '../network/model.ts';
import { exponentLimit } from '../network/transforms.ts';
import { attribute, type GraphBuilder } from './graph.ts';

/** Adds one function to a graph: takes the name of a value, gives the name of the result. */
type AddFunction = (graph: GraphBuilder, wish: string, x: string) => string;

const scalar = (graph: GraphBuilder, wish: string, value: number): string =>
  graph.floats(wish, [], Float32Array.of(value));

/** The activations as network/activations.ts defines them. GELU is its tanh form: ONNX has an operator from opset 20. */
export const activationOperators: Readonly<Record<Activation, AddFunction>> = {
  relu: (graph, wish, x) => graph.node('Relu', wish, [x]),
  'leaky-relu': (graph, wish, x) =>
    graph.node('LeakyRelu', wish, [x], { attributes: [attribute.float('alpha', leakySlope)] }),
  elu: (graph, wish, x) => graph.node('Elu', wish, [x]),
  tanh: (graph, wish, x) => graph.node('Tanh', wish, [x]),
  sigmoid: (graph, wish, x) => graph.node('Sigmoid', wish, [x]),
  softplus: (graph, wish, x) => graph.node('Softplus', wish, [x]),
  gelu: (graph, wish, x) => {
    const step = (opType: string, name: string, ...inputs: string[]): string =>
      graph.node(opType, `${wish}_${name}`, inputs);
    const constant = (name: string, value: number): string => scalar(graph, `${wish}_${name}`, value);
    const cube = step('Mul', 'cube', x, step('Mul', 'square', x, x));
    const inner = step('Add', 'inner', x, step('Mul', 'cubic_term', constant('cubic', geluConstants.cubic), cube));
    const tanh = step('Tanh', 'tanh', step('Mul', 'scaled', constant('scale', geluConstants.scale), inner));
    const half = step('Mul', 'half_x', constant('half', 0.5), x);
    return graph.node('Mul', wish, [half, step('Add', 'one_plus', constant('one', 1), tanh)]);
  },
  none: (_, __, x) => x,
};

/**
 * max(transform, 0) as network/transforms.ts defines the transforms. Relu stands behind softplus and exp too: that
 * no value is below zero is then plain from the graph, whatever a runtime's approximation of exp does.
 */
export const transformOperators: Readonly<Record<OutputTransformKind, AddFunction>> = {
  relu: (graph, wish, x) => graph.node('Relu', wish, [x]),
  softplus: (graph, wish, x) => graph.node('Relu', wish, [graph.node('Softplus', `${wish}_softplus`, [x])]),
  exp: (graph, wish, x) => {
    const limited = graph.node('Min', `${wish}_limited`, [x, scalar(graph, 'exponent_limit', exponentLimit)]);
    return graph.node('Relu', wish, [graph.node('Exp', `${wish}_exp`, [limited])]);
  },
  square: (graph, wish, x) => graph.node('Mul', wish, [x, x]),
};
