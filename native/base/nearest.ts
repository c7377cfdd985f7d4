/** Insertions, deletions, substitutions and swaps of two neighbours that turn `a` into `b` (optimal string alignment). */
function editDistance(a: string, b: string): number {
  const distance: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  const at = (i: number, j: number): number => distance[i]?.[j] ?? Infinity;
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    distance.push(row);
    for (let j = 1; j <= b.length; j++) {
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const substitution = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(substitution, at(i - 1, j) + 1, at(i, j - 1) + 1, swapped ? at(i - 2, j - 2) + 1 : Infinity));
    }
  }
  return at(a.length, b.length);
}

/**
 * The known name that was probably meant by `name`: one that starts with it or is its start, else the nearest within a
 * third of its letters. Undefined if nothing is close.
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[\s_-]/g, '');
  const wanted = plain(name);
  const close = known
    .map((candidate) => {
      const other = plain(candidate);
      const starts = wanted.length >= 3 && (other.startsWith(wanted) || wanted.startsWith(other));
      return { candidate, distance: starts ? 1 : editDistance(wanted, other) };
    })
    .filter(
      ({ candidate, distance }) => distance <= Math.max(1, Math.floor(Math.max(wanted.length, candidate.length) / 3)),
    )
    .sort((a, b) => a.distance - b.distance);
  return close[0]?.candidate;
}

/** " Did you mean "x"?" if a known name is near, else an empty text: to append to an error message. */
export function didYouMean(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
}
