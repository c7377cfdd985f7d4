/** Settings that differ between documents, as paths and values. */

interface Difference {
  readonly path: string;
  /** One per document; `undefined` if the document lacks the setting. */
  readonly values: readonly unknown[];
}

function flatten(value: unknown, path: string, into: Map<string, unknown>): void {
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
    for (const [key, inner] of Object.entries(value)) flatten(inner, path === '' ? key : `${path}.${key}`, into);
    return;
  }
  into.set(path, value);
}

/** The settings that differ between the documents, in order of first appearance. */
export function differences(documents: readonly unknown[]): Difference[] {
  const flat = documents.map((document) => {
    const settings = new Map<string, unknown>();
    flatten(document, '', settings);
    return settings;
  });
  const paths = [...new Set(flat.flatMap((settings) => [...settings.keys()]))];
  return paths
    .map((path) => ({ path, values: flat.map((settings) => settings.get(path)) }))
    .filter(({ values }) => values.some((value) => JSON.stringify(value) !== JSON.stringify(values[0])));
}

/** A setting's value as text for a table. */
export const settingText = (value: unknown): string =>
  value === undefined
    ? '–'
    : Array.isArray(value)
      ? value.join(', ') || 'none'
      : typeof value === 'string'
        ? value
        : JSON.stringify(value);
