import { CommanderError } from 'commander';
import { OrthantError, toErrorMessage } from '../contract/errors.ts';
import { settings } from './configurationOptions.ts';

/** Exit codes of the command line. */
export const exitCodes = {
  done: 0,
  /** The run, or whatever was asked, failed. */
  failed: 1,
  /** Wrong use: an option, a value, a configuration that does not fit itself. */
  wrongUse: 2,
  /** Ended by Ctrl-C, as shells count it: 128 + SIGINT. */
  interrupted: 130,
} as const;

/** The option that sets what an error is about, if one does; messages themselves speak to every caller and name none. */
function optionOf(field: string): string | undefined {
  if (field === 'limit') return '--limit';
  // A request may hold a part of a configuration; of one of several settings its number is left out.
  const path = `.${field.replace(/\.\d+$/, '')}`;
  return settings.find((setting) => `.${setting.path}`.endsWith(path))?.flag;
}

/**
 * Tells an error on standard error, in one paragraph, and gives the exit code that it deserves. What commander found
 * wrong it has told already.
 */
export function tellFailure(error: unknown, debug: boolean): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.wrongUse;
  const { code, message, field, stack } = toErrorMessage(error);
  const option = field === undefined ? undefined : optionOf(field);
  process.stderr.write(`orthant: ${message}${option === undefined ? '' : ` See ${option}.`}\n`);
  if (debug && stack !== undefined) process.stderr.write(`${stack}\n`);
  if (code === 'cancelled') return exitCodes.interrupted;
  return code === 'usage' || code === 'configuration' ? exitCodes.wrongUse : exitCodes.failed;
}

/** For what a person has written that cannot be meant. */
export const wrongUse = (message: string): OrthantError => new OrthantError('usage', message);
