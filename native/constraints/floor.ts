import { scaledBound } from '../network/bound.ts';
import type { MethodContext } from './method.ts';

/**
 * The bound, one an output, in scaled units and rounded so that it holds after de-scaling: what a bias or an added
 * constant must at least be.
 */
export function flooredBounds({ epsilon, epsilonInUnits, targetScale }: MethodContext): Float32Array {
  return epsilon.map((bound, output) => {
    const scale = targetScale[output] ?? 1;
    return scaledBound(epsilonInUnits?.[output] ?? bound * scale, scale);
  });
}
