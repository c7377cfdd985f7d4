#!/usr/bin/env node
/**
 * The command `orthant`: sets up missing parts, then runs the built command line in this same process, so that
 * arguments, standard streams, signals and the exit code are its own.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { setup } from './setup.mjs';

const commandLine = fileURLToPath(new URL('../.dist/native/cli.js', import.meta.url));

if (!(await setup({ quiet: true, targets: ['native'] }))) process.exit(1);
if (!existsSync(commandLine)) {
  process.stderr.write(`${commandLine} is not there: the command line could not be built. Run: node build/setup.mjs\n`);
  process.exit(1);
}
process.argv[1] = commandLine;
await import(pathToFileURL(commandLine).href);
