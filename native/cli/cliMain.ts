import { exitCodes, tellFailure } from './failure.ts';
import { createProgram } from './program.ts';

// A reader that has seen enough, such as `head`, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? exitCodes.done : exitCodes.failed);
});
// Nor does a run end because nobody watches its progress any more.
process.stderr.on('error', () => undefined);

try {
  await createProgram().parseAsync();
} catch (error) {
  process.exitCode = tellFailure(error, process.argv.includes('--debug'));
}
