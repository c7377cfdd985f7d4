import { parseArgs } from 'node:util';

/**
 * The command-line options of a bench. Prints the usage or the error, and ends the process, if asked for help or on an error.
 * @template {NonNullable<import('node:util').ParseArgsConfig['options']>} Options
 * @param {string} usage One line.
 * @param {Options} options
 */
export function readOptions(usage, options) {
  try {
    const { values } = parseArgs({ options: { ...options, help: { type: 'boolean', short: 'h' } } });
    if (/** @type {{ help?: boolean }} */ (values).help !== true) return values;
    console.log(usage);
    process.exit(0);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    process.exit(2);
  }
}
