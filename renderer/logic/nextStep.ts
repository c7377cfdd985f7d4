import type { MethodPromise } from '../../native/contract/methodDescriptor.ts';
import type { Evidence } from '../../native/contract/results.ts';

/** Advice after a result, towards outputs that keep their bound for more inputs. */

/** Title of a group of method cards. */
const certain = 'a method under “For every input” in step 3';

/** @returns `undefined` if nothing better can be reached */
export function nextStep(level: Evidence['level'], promise: MethodPromise | undefined): string | undefined {
  if (level === 'by-construction') return undefined;
  if (promise === 'for-every-input')
    return 'Its method keeps the bound for every input only if the network fits it: see what it requires in step 3.';
  if (promise === 'none')
    return level === 'none'
      ? 'Nothing kept the outputs at or above the bound: choose a method in step 3.'
      : `Nothing kept the outputs at or above the bound, so other inputs may well be below: ${certain} rules that out.`;
  if (level === 'none') return `Train for more epochs, or choose ${certain}: that cannot fall below.`;
  return `${level === 'train' ? 'Rows it has not seen' : 'Other inputs'} may still be below: ${certain} rules that out.`;
}
