import { Command } from 'commander';
import { orthantVersion } from '../contract/version.ts';
import { addDoctor } from './commands/doctorCommand.ts';
import { addExport } from './commands/exportCommand.ts';
import { addInspect } from './commands/inspectCommand.ts';
import { addMethods } from './commands/methodsCommand.ts';
import { addPredict } from './commands/predictCommand.ts';
import { addResume } from './commands/resumeCommand.ts';
import { addRuns } from './commands/runsCommand.ts';
import { addSamples } from './commands/samplesCommand.ts';
import { addTrain } from './commands/trainCommand.ts';

const ending = `
Start here:
  $ orthant train --sample ink --method augmented-lagrangian --hidden 784,784 --epochs 8
  $ orthant inspect house-prices.csv
  $ orthant train --data house-prices.csv --targets price

"orthant COMMAND --help" shows a command's options and examples.
Exit codes: 0 done, 1 it failed, 2 wrong use, 130 ended by Ctrl-C.
`;

/** The command line: its commands, and its answer to wrong use. */
export function createProgram(): Command {
  const program = new Command('orthant')
    .description('Trains neural networks whose outputs stay positive, and says how far that holds.')
    .version(orthantVersion, '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    // Throw usage errors, so that the exit code is decided in one place.
    .exitOverride()
    .configureOutput({
      outputError: (text, write) => {
        write(text.replace(/^error: /, 'orthant: ').replace(/\n(?=\()/g, ' '));
      },
    })
    .configureHelp({ helpWidth: Math.min(process.stdout.columns || 100, 110) })
    .addHelpText('after', ending);
  for (const add of [
    addTrain,
    addResume,
    addPredict,
    addExport,
    addInspect,
    addSamples,
    addMethods,
    addRuns,
    addDoctor,
  ]) {
    add(program);
  }
  return program;
}
