import type { Command } from 'commander';

export interface CommonOptions {
  json?: boolean;
  debug?: boolean;
}

/** Adds the options of every command, and its examples below its help. */
export function addCommonOptions(command: Command, examples: readonly string[]): Command {
  return command
    .optionsGroup('Output:')
    .option('--json', 'print one JSON object on standard output, everything else on standard error')
    .option('--debug', 'show the stack of an error, and the output of the engine')
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', `\nExamples:\n${examples.map((example) => `  $ orthant ${example}\n`).join('')}`);
}

export const engineOptions = ({ debug }: CommonOptions): { debug: boolean } => ({ debug: debug === true });
