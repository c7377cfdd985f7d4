import { createRequire } from 'node:module';
import { restoreNodeUtil } from './nodeUtil.ts';

const require = createRequire(import.meta.url);

/** Parts of the package besides tfjs-core and its gradients that training never uses. */
const unused = ['layers', 'converter', 'data', 'backend-cpu', 'backend-webgl'].map(
  (part) => `@tensorflow/tfjs-${part}`,
);

/**
 * Loads the package `@tensorflow/tfjs`, which tfjs-node's kernels require and which registers the gradients; it shares
 * tfjs-core with our own imports. Empty modules replace the parts that are not needed: reading them takes longer than
 * everything else (0.1 s).
 */
export function loadTfjsPackage(): void {
  restoreNodeUtil();
  for (const name of unused) {
    const id = require.resolve(name);
    const empty = { id, filename: id, loaded: true, exports: {}, children: [], paths: [] };
    require.cache[id] ??= empty as unknown as NodeJS.Module;
  }
  require('@tensorflow/tfjs');
}
