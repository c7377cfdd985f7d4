import { CommanderError } from 'commander';
import { OrthantError, toErrorMessage } from '../contract/errors.ts';

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

/** Options that set what an error is about; messages themselves speak to every caller and name none. */
const optionsOfFields: Readonly<Record<string, string>> = {
  skipBadRows: '--skip-bad-rows',
  'data.columns': '--targets, --inputs, --ignore',
  'data.split.validation': '--validation',
  'data.split.test': '--test',
  'data.split.seed': '--split-seed',
  'constraint.epsilon': '--epsilon',
  'network.hidden': '--hidden',
  'training.epochs': '--epochs',
  'training.batchSize': '--batch',
  'training.optimizer.learningRate': '--learning-rate',
  'training.gradientClip': '--clip',
  'training.weightDecay': '--weight-decay',
  'training.earlyStopping': '--early-stopping',
  'training.seed': '--seed',
  'runtime.execution': '--execution',
  limit: '--limit',
  engine: '--engine',
  device: '--device',
};

/**
 * Tells an error on standard error, in one paragraph, and gives the exit code that it deserves. What commander found
 * wrong it has told already.
 */
export function tellFailure(error: unknown, debug: boolean): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.wrongUse;
  const { code, message, field, stack } = toErrorMessage(error);
  // Of one of several, its number left out.
  const options = optionsOfFields[(field ?? '').replace(/\.\d+$/, '')];
  process.stderr.write(`orthant: ${message}${options === undefined ? '' : ` See ${options}.`}\n`);
  if (debug && stack !== undefined) process.stderr.write(`${stack}\n`);
  if (code === 'cancelled') return exitCodes.interrupted;
  return code === 'usage' || code === 'configuration' ? exitCodes.wrongUse : exitCodes.failed;
}

/** For what a person has written that cannot be meant. */
export const wrongUse = (message: string): OrthantError => new OrthantError('usage', message);
