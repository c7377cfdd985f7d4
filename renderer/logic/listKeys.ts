/** Index that a key selects in a list of `length` entries, starting at `from`; `undefined` for other keys. */
export function listKey(key: string, from: number, length: number): number | undefined {
  const to: Readonly<Record<string, number>> = { ArrowDown: from + 1, ArrowUp: from - 1, Home: 0, End: length - 1 };
  const next = to[key];
  return next === undefined || length === 0 ? undefined : Math.min(length - 1, Math.max(0, next));
}
