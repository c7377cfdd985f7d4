/** "a, b and c". */
export const joined = (items: readonly string[], word: 'and' | 'or' = 'and'): string =>
  [items.slice(0, -1).join(', '), ...items.slice(-1)].filter((part) => part !== '').join(` ${word} `);

/**
 * The first items of a list that may be long, and how many more there are: "a, b and 3 more", "a; b; and 3 more".
 *
 * @param of - total number, if `items` holds only the first ones
 */
export function firstOnes(
  items: readonly string[],
  { most = 5, separator = ', ', of = items.length }: { most?: number; separator?: ', ' | '; '; of?: number } = {},
): string {
  const shown = items.slice(0, most);
  const more = of - shown.length;
  return `${shown.join(separator)}${more > 0 ? `${separator === '; ' ? '; ' : ' '}and ${more} more` : ''}`;
}

/** A name as messages show it; with `firstOnes` for `items.map(quoted)`. */
export const quoted = (name: string): string => `"${name}"`;
