import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * Restores functions that tfjs-node 4.22.0 still uses from Node's `util`: `isNullOrUndefined`, which Node 23 removed (tfjs
 * issue 8609; fixed in its source, never released), and `isArray`, which is deprecated. Must run before the package is
 * required.
 */
export function restoreNodeUtil(): void {
  const util = require('node:util') as Record<string, unknown>;
  // Defined even if Node has them, since a call of Node's own prints a deprecation warning.
  util.isNullOrUndefined = (value: unknown) => value === null || value === undefined;
  util.isArray = Array.isArray;
}
