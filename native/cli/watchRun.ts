import { fromErrorMessage, OrthantError } from '../contract/errors.ts';
import type { TrainingResult } from '../contract/results.ts';
import type { Engine } from './client.ts';
import { exitCodes } from './failure.ts';
import { note } from './terminalText.ts';
import { ProgressView } from './progressView.ts';

/** Signals that ask for a clean end, and the exit code of a second one. */
const signals = { SIGINT: exitCodes.interrupted, SIGTERM: 143 } as const;

/**
 * Follows one run to its end and shows its progress. Ctrl-C ends it cleanly: a checkpoint is written, and the model is
 * evaluated and exported. A second Ctrl-C ends everything at once.
 *
 * @param begin - the call that starts or resumes the run; answers its folder
 * @throws OrthantError if the run failed; `crashed` with the command that resumes it
 */
export async function watchRun(engine: Engine, begin: () => Promise<{ run: string }>): Promise<TrainingResult> {
  const view = new ProgressView();
  let run: string | undefined;
  let hasCheckpoint = false;
  const howToResume = (): string => {
    if (run === undefined) return '';
    return hasCheckpoint
      ? ` To resume from the last checkpoint: ${resumeCommand(run)}`
      : ` It had no checkpoint yet. To start it again: ${resumeCommand(run)}`;
  };

  const end = new Promise<TrainingResult>((resolve, reject) => {
    engine.subscribe((event) => {
      view.show(event);
      if (event.event === 'checkpoint') hasCheckpoint = true;
      if (event.event === 'finished') resolve(event.result);
      if (event.event === 'failed') {
        const { error } = event;
        // A run that failed on a full disk can be resumed when there is space.
        const more = error.code === 'file' && hasCheckpoint ? howToResume() : '';
        reject(fromErrorMessage({ ...error, message: `${error.message}${more}` }));
      }
    });
    void engine.ended.then((reason) => {
      reject(new OrthantError('crashed', `${reason}${howToResume()}`));
    });
  });
  // A failure may come before it is awaited.
  end.catch(() => undefined);

  let asked = false;
  const interrupt = (signal: keyof typeof signals): void => {
    view.end();
    if (asked || run === undefined) {
      engine.kill();
      note(`Ended at once.${howToResume()}`);
      process.exit(signals[signal]);
    }
    asked = true;
    note('Stopping with a checkpoint. Press Ctrl-C again to end at once.');
    // The end of the run reports a failure of this call.
    engine.call('stop', { run }).catch(() => undefined);
  };
  const names = Object.keys(signals) as (keyof typeof signals)[];
  for (const name of names) process.on(name, interrupt);
  try {
    ({ run } = await begin());
    return await end;
  } finally {
    for (const name of names) process.off(name, interrupt);
    view.end();
  }
}

/** The command that resumes a run. */
export const resumeCommand = (run: string): string => `orthant resume ${/\s/.test(run) ? `"${run}"` : run}`;
