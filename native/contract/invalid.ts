import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** Names of kinds of values in the window and on the command line. */
const kinds: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  date: 'a date',
  int: 'a whole number',
  null: 'null',
  number: 'a number',
  object: 'a group of settings',
  record: 'a group of settings',
  string: 'a text',
};
const kindOf = (name: string): string => kinds[name] ?? name;

/**
 * Describes what is wrong with a value, and where: `"network.hidden" must be a list, not a text`. Zod's messages use
 * the names of its types instead.
 */
export function describeIssue(issue: Issue): string {
  const path = issue.path.map(String).join('.');
  const place = path === '' ? 'it' : `"${path}"`;
  switch (issue.code) {
    case 'invalid_type': {
      const received = /received (\w+)$/.exec(issue.message)?.[1] ?? 'undefined';
      if (received === 'undefined') return `${place} is missing`;
      const wanted = kindOf(issue.expected);
      // Zod reports a number that is not whole as a number.
      return received === 'number' && issue.expected === 'int'
        ? `${place} must be ${wanted}`
        : `${place} must be ${wanted}, not ${kindOf(received)}`;
    }
    case 'invalid_value':
      return `${place} must be ${oneOf(issue.values)}`;
    case 'too_small':
    case 'too_big': {
      const [limit, orAt, beyond] =
        issue.code === 'too_small' ? [issue.minimum, 'at least', 'more than'] : [issue.maximum, 'at most', 'less than'];
      const side = issue.inclusive === false ? beyond : orAt;
      const counted = issue.origin === 'array' ? ' entries' : issue.origin === 'string' ? ' characters' : '';
      return `${place} must ${counted === '' ? 'be' : 'have'} ${side} ${String(limit)}${counted}`;
    }
    case 'unrecognized_keys': {
      const keys = issue.keys.map((key) => `"${path === '' ? '' : `${path}.`}${key}"`);
      return `there ${keys.length === 1 ? 'is no setting' : 'are no settings'} ${keys.join(', ')}`;
    }
    case 'invalid_union':
      return describeUnion(issue, place);
    default:
      return path === '' ? issue.message : `${place}: ${issue.message}`;
  }
}

/** For a discriminated union list the variants; for a plain union list the types that its members accept. */
function describeUnion(issue: Extract<Issue, { code: 'invalid_union' }>, place: string): string {
  const { options } = issue as { options?: readonly unknown[] };
  if (options !== undefined) return `${place} must be ${oneOf(options)}`;
  const members = issue.errors.flatMap(([first]) => (first === undefined ? [] : [first]));
  const wanted = members.flatMap((member) => (member.path.length > 0 ? [] : acceptedBy(member)));
  if (wanted.length === members.length && wanted.length > 0) {
    return `${place} must be ${[...new Set(wanted)].join(' or ')}`;
  }
  // A member that accepts the value's type has the most exact issue.
  const inner = members.find((member) => member.code !== 'invalid_type' || member.path.length > 0);
  return inner === undefined
    ? `${place} cannot be used`
    : describeIssue({ ...inner, path: [...issue.path, ...inner.path] });
}

/** The kind of value or the single value that the member of a union wants, if that is why it refuses a value. */
function acceptedBy(issue: Issue): string[] {
  if (issue.code === 'invalid_type') return [kindOf(issue.expected)];
  return issue.code === 'invalid_value' && issue.values.length === 1 ? [oneOf(issue.values)] : [];
}

const oneOf = (values: readonly unknown[]): string => {
  const list = values.map((value) => JSON.stringify(value));
  return list.length === 1 ? (list[0] ?? '') : `one of ${list.join(', ')}`;
};
