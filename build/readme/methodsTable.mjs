/**
 * The README's table of methods, made from the registry's descriptors so that it cannot fall behind it.
 */

/** Where the table stands in the README. */
export const begin = '<!-- methods: made by `npm run readme` -->';
export const end = '<!-- /methods -->';

const promises = /** @type {Record<string, string>} */ ({
  none: 'nothing',
  encourages: 'encourages',
  'at-convergence': 'training rows, at convergence',
  'for-every-input': '**every input**',
});

/**
 * @param {readonly { id: string, summary: string, promise: string, promiseText: string, source: string,
 *   fields: readonly { name: string, default?: unknown }[] }[]} descriptors
 * @returns {string} Markdown, one row a method
 */
export function methodsTable(descriptors) {
  const rows = descriptors.map(({ id, summary, promise, promiseText, source, fields }) => {
    const named = fields.map((field) => `\`${field.name}=${String(field.default)}\``);
    return [
      `\`${id}\``,
      summary,
      `${promises[promise] ?? promise}: ${promiseText}`,
      named.join(' ') || 'none',
      source,
    ].map((cell) => cell.replaceAll('|', '\\|'));
  });
  const header = ['method', 'what it does', 'what it promises', 'settings and defaults', 'source'];
  const line = (/** @type {string[]} */ cells) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

/**
 * The README with the table put between its marks.
 * @param {string} readme
 * @param {string} table
 */
export function withTable(readme, table) {
  const from = readme.indexOf(begin);
  const to = readme.indexOf(end);
  if (from < 0 || to < from) throw new Error(`README.md has no place for the table: ${begin} ... ${end}`);
  return `${readme.slice(0, from + begin.length)}\n\n${table}\n\n${readme.slice(to)}`;
}
