import type { Host } from './host.ts';

/** Milliseconds that a terminal waits for the end of a run: shorter than the time after which systems kill a process. */
const terminalTimeout = 8000;

/**
 * Stops the run under way with a checkpoint, and waits until it has ended (evidence and export included) or crashed.
 *
 * @param timeout - milliseconds after which to stop waiting
 * @returns whether it has ended
 * @throws OrthantError if the process refuses the call
 */
export async function stopRun(host: Host, timeout: number): Promise<boolean> {
  const run = host.runs.current();
  if (run === undefined) return true;
  let unsubscribe: (() => void) | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ended = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, timeout, false);
    unsubscribe = host.subscribe(() => {
      if (host.runs.current()?.run !== run.run) resolve(true);
    });
  });
  try {
    // A busy process may answer late.
    const refused = host.engines.train.call('stop', { run: run.run }).then(() => ended);
    return await Promise.race([refused, ended]);
  } finally {
    clearTimeout(timer);
    unsubscribe?.();
  }
}

/**
 * Stops the run under way on a signal from the terminal, without asking.
 *
 * @param say - prints a line for the user
 */
export async function stopRunForTerminal(host: Host, say: (line: string) => void): Promise<void> {
  if (host.runs.current() === undefined) return;
  say('The run is stopped with a checkpoint. Ctrl-C again ends at once, with the last checkpoint it has.');
  // Without its process there is no run to wait for.
  const ended = await stopRun(host, terminalTimeout).catch(() => true);
  if (!ended) say('The run took too long to end; its last checkpoint is kept.');
}
