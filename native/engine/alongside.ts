/**
 * Does `work` while `task` runs. When it resolves or rejects, the task has ended too: it is cancelled if `work` no longer
 * waits for it.
 *
 * @param signal - cancels the task
 * @param work - receives the task's result; the first error that it throws is the one reported
 */
export async function alongside<TaskResult, WorkResult>(
  task: (signal: AbortSignal) => Promise<TaskResult>,
  signal: AbortSignal,
  work: (result: Promise<TaskResult>) => Promise<WorkResult>,
): Promise<WorkResult> {
  const left = new AbortController();
  const result = task(AbortSignal.any([signal, left.signal]));
  // The task may fail before `work` waits for it.
  const ended = result.catch(() => undefined);
  try {
    return await work(result);
  } finally {
    left.abort();
    await ended;
  }
}
