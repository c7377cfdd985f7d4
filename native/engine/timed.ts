/** The result of `action`, and its duration in seconds. */
export async function timed<Result>(action: () => Promise<Result>): Promise<[Result, number]> {
  const started = performance.now();
  const result = await action();
  return [result, (performance.now() - started) / 1000];
}
