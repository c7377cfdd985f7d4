/** Whether two documents (configurations, or parts of them) are equal, ignoring the order of keys. */
export const sameDocument = (a: unknown, b: unknown): boolean => documentText(a) === documentText(b);

/** A document as canonical text, with keys in alphabetical order at every level. */
const documentText = (document: unknown): string => JSON.stringify(sorted(document));

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
