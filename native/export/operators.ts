import type { Activation } from '../contract/configuration.ts';
import { geluConstants, leakySlope } from '../network/activations.ts';
import type { OutputTransformKind } from '../network/model.ts';
import { exponentLimit } from '../network/transforms.ts';
import { attribute, type GraphBuilder } from './graph.ts';

/** Adds one function of the value named `x` to a graph, and returns the name of the result. */
type AddFunction = (graph: GraphBuilder, preferred: string, x: string) => string;

const scalar = (graph: GraphBuilder, preferred: string, value: number): string =>
  graph.floats(preferred, [], Float32Array.of(value));

/** An activation in the exported files: as ONNX nodes and as a module of torch.nn with its keyword arguments. */
interface ActivationExport {
  readonly onnx: AddFunction;
  /** Undefined for the identity, which needs no module. */
  readonly torch: readonly [name: string, options: Readonly<Record<string, string | number>>] | undefined;
}

/** ONNX has an operator for GELU only since opset 20. */
const gelu: AddFunction = (graph, preferred, x) => {
  const step = (opType: string, name: string, ...inputs: string[]): string =>
    graph.node(opType, `${preferred}_${name}`, inputs);
  const constant = (name: string, value: number): string => scalar(graph, `${preferred}_${name}`, value);
  const cube = step('Mul', 'cube', x, step('Mul', 'square', x, x));
  const inner = step('Add', 'inner', x, step('Mul', 'cubic_term', constant('cubic', geluConstants.cubic), cube));
  const tanh = step('Tanh', 'tanh', step('Mul', 'scaled', constant('scale', geluConstants.scale), inner));
  const half = step('Mul', 'half_x', constant('half', 0.5), x);
  return graph.node('Mul', preferred, [half, step('Add', 'one_plus', constant('one', 1), tanh)]);
};

const node =
  (opType: string): AddFunction =>
  (graph, preferred, x) =>
    graph.node(opType, preferred, [x]);

/** Activations as in network/activations.ts. */
export const activationExports: Readonly<Record<Activation, ActivationExport>> = {
  relu: { onnx: node('Relu'), torch: ['ReLU', {}] },
  'leaky-relu': {
    onnx: (graph, preferred, x) =>
      graph.node('LeakyRelu', preferred, [x], { attributes: [attribute.float('alpha', leakySlope)] }),
    torch: ['LeakyReLU', { negative_slope: leakySlope }],
  },
  elu: { onnx: node('Elu'), torch: ['ELU', {}] },
  tanh: { onnx: node('Tanh'), torch: ['Tanh', {}] },
  sigmoid: { onnx: node('Sigmoid'), torch: ['Sigmoid', {}] },
  softplus: { onnx: node('Softplus'), torch: ['Softplus', {}] },
  gelu: { onnx: gelu, torch: ['GELU', { approximate: 'tanh' }] },
  none: { onnx: (_, __, x) => x, torch: undefined },
};

/**
 * max(transform, 0), with the transforms of network/transforms.ts. Relu also follows softplus and exp, so that the
 * graph guarantees that no value is below zero, whatever a runtime's approximation of exp does.
 */
export const transformOperators: Readonly<Record<OutputTransformKind, AddFunction>> = {
  relu: node('Relu'),
  softplus: (graph, preferred, x) =>
    graph.node('Relu', preferred, [graph.node('Softplus', `${preferred}_softplus`, [x])]),
  exp: (graph, preferred, x) => {
    const limited = graph.node('Min', `${preferred}_limited`, [x, scalar(graph, 'exponent_limit', exponentLimit)]);
    return graph.node('Relu', preferred, [graph.node('Exp', `${preferred}_exp`, [limited])]);
  },
  square: (graph, preferred, x) => graph.node('Mul', preferred, [x, x]),
};
