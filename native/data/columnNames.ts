import { OrthantError } from '../contract/errors.ts';

/** With more columns, every query over all of them takes minutes. */
const mostColumns = 20_000;

/**
 * Makes valid column names: trimmed, not empty, unique. Without `names` they are c0, c1, ...
 *
 * @throws OrthantError `data` naming the repeated names, or if there are too many columns
 */
export function columnNames(names: readonly string[] | undefined, count: number, path: string): string[] {
  if (count > mostColumns) {
    throw new OrthantError(
      'data',
      `${path} would make a table of ${count} columns; ${mostColumns} are possible. Leave out columns, or split the file.`,
    );
  }
  if (names === undefined) return Array.from({ length: count }, (_, index) => `c${index}`);
  const trimmed = names.map((name) => name.trim());
  const complete = trimmed.map((name, index) => (name === '' ? `unnamed_${index + 1}` : name));
  const positions = new Map<string, number[]>();
  for (const [index, name] of complete.entries()) positions.set(name, [...(positions.get(name) ?? []), index + 1]);
  const repeated = [...positions].filter(([, at]) => at.length > 1);
  if (repeated.length > 0) {
    const list = repeated.slice(0, 5).map(([name, at]) => `"${name}" (columns ${at.join(', ')})`);
    throw new OrthantError(
      'data',
      `${path} names ${repeated.length === 1 ? 'a column' : `${repeated.length} columns`} more than once: ` +
        `${list.join(', ')}${repeated.length > 5 ? ', ...' : ''}. Give each column its own name.`,
    );
  }
  return complete;
}
