import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * Puts `util.isNullOrUndefined` back, which Node 23 removed and tfjs-node 4.22.0 still calls (tfjs issue 8609; mended in
 * its source, never released). Must run before the package is required.
 */
export function restoreIsNullOrUndefined(): void {
  const util = require('node:util') as { isNullOrUndefined?: (value: unknown) => boolean };
  // Defined even where Node has it, since calling Node's own prints a deprecation warning.
  util.isNullOrUndefined = (value) => value === null || value === undefined;
}
