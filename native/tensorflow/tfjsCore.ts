import { createRequire } from 'node:module';
import type * as tfjs from '@tensorflow/tfjs-core';

/**
 * The library tfjs-core. It is a CommonJS package of more than a megabyte: for an import statement Node would first search
 * all of it for the names that it exports (0.1 s), for `require` it does not.
 */
export const tf = createRequire(import.meta.url)('@tensorflow/tfjs-core') as typeof tfjs;
