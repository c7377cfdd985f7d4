import type { EngineRuntime } from '../tensorflow/backend.ts';
import type { TrainingParts } from './buildParts.ts';

/** The parts that determine the cost of a step. */
type StepSize = Pick<TrainingParts, 'parameters' | 'plan'>;

/** Cost and savings of compiling on a device. */
interface Compiling {
  /** Seconds that tracing and compiling take, nearly the same for all networks. */
  readonly seconds: number;
  /**
   * Seconds that a compiled step saves compared with single operations: about 130 calls into the library, and a dozen
   * passes over the weights.
   */
  readonly saved: (weights: number) => number;
}

/**
 * Measured on 2 cores (9-64-64-1 saves 1.2 ms, 784-784-784-2 9 ms) and on an H200, where a step of single operations
 * takes 8 ms for any network.
 */
const compiling: Readonly<Record<EngineRuntime['device'], Compiling>> = {
  cpu: { seconds: 0.7, saved: (weights) => 1.1e-3 + 7e-9 * weights },
  gpu: { seconds: 2, saved: () => 7.5e-3 },
};

/**
 * Whether compiling costs a run of this many epochs more time than it saves. Pass the configured epochs, not the
 * remaining ones, so that a resumed run uses the same execution as before.
 */
export function isShort({ parameters, plan }: StepSize, epochs: number, device: EngineRuntime['device']): boolean {
  const weights = parameters.reduce((sum, { variable }) => sum + variable.size, 0);
  const { seconds, saved } = compiling[device];
  return epochs * plan.stepsPerEpoch * saved(weights) < seconds;
}

/**
 * Multiplications of a layer's product from which TensorFlow's own kernels are faster than XLA's on a CPU: the products
 * then take nearly all the time of a step. 784-784-784-2 on 2 cores, batch 4096: 104 ms a step against 127; batch 2048:
 * as fast.
 */
const largeProduct = 2e9;

/**
 * Multiplications up to which one thread computes a layer's product as fast as several: handing a part to another
 * thread takes as long as the part. One thread leaves the other processors to the window.
 */
const smallProduct = 4e6;

/** Multiplications of the largest matrix product of a step. */
function largestProduct({ parameters, plan }: StepSize): number {
  const sizes = parameters.map(({ variable: { shape, size } }) => (shape.length === 2 ? size : 0));
  return plan.batchSize * Math.max(...sizes);
}

/** Whether a CPU computes the largest product of a step faster without XLA. */
export const hasLargeProducts = (step: StepSize): boolean => largestProduct(step) >= largeProduct;

/** Whether one thread computes all products of a step as fast as several threads. */
export const hasSmallProducts = (step: StepSize): boolean => largestProduct(step) <= smallProduct;
