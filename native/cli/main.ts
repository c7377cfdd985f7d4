import { exitCodes, tellFailure } from './failure.ts';
import { createProgram } from './program.ts';

// A reader that has seen enough, such as `head`, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? exitCodes.done : exitCodes.failed);
});

try {
  await createProgram().parseAsync();
} catch (error) {
  process.exitCode = tellFailure(error, process.argv.includes('--debug'));
}
