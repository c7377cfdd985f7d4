import { CommanderError } from 'commander';
import { OrthantError, toErrorMessage } from '../contract/errors.ts';
import { settings } from './configurationOptions.ts';

/** Exit codes of the command line. */
export const exitCodes = {
  done: 0,
  /** The run or another request failed. */
  failed: 1,
  /** Wrong use: an option, a value, or an inconsistent configuration. */
  wrongUse: 2,
  /** Ended by Ctrl-C; as in shells: 128 + SIGINT. */
  interrupted: 130,
} as const;

/**
 * The option that sets the wrong field, if there is one. Messages are for every caller, so few of them name options.
 */
function optionOf(field: string): string | undefined {
  if (field === 'limit') return '--limit';
  // A request may hold a part of a configuration. The index in a list is ignored.
  const path = `.${field.replace(/\.\d+$/, '')}`;
  return settings.find((setting) => `.${setting.path}`.endsWith(path))?.flag;
}

/**
 * Reports an error on standard error, in one paragraph. Commander has already reported its errors.
 *
 * @returns the exit code
 */
export function reportFailure(error: unknown, debug: boolean): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.wrongUse;
  const { code, message, field, stack } = toErrorMessage(error);
  const option = field === undefined ? undefined : optionOf(field);
  process.stderr.write(`orthant: ${message}${option === undefined ? '' : ` See ${option}.`}\n`);
  if (debug && stack !== undefined) process.stderr.write(`${stack}\n`);
  if (code === 'cancelled') return exitCodes.interrupted;
  return code === 'usage' || code === 'configuration' ? exitCodes.wrongUse : exitCodes.failed;
}

/** The error for wrong use of the command line. */
export const wrongUse = (message: string): OrthantError => new OrthantError('usage', message);
