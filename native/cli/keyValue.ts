import { didYouMean } from '../base/nearest.ts';
import { wrongUse } from './failure.ts';

/** The part of a JSON Schema that decides how a setting is written on the command line. */
interface PropertySchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly PropertySchema[];
}

/** `key=value`, collected from a repeated option. */
export interface KeyValue {
  readonly key: string;
  readonly value: string;
}

/** @throws OrthantError `usage` when there is no `=` or nothing before it */
export function parseKeyValue(option: string, text: string): KeyValue {
  const at = text.indexOf('=');
  if (at < 1) throw wrongUse(`${option} ${text}: expected a name, "=" and a value, as in ${option} name=value.`);
  return { key: text.slice(0, at).trim(), value: text.slice(at + 1).trim() };
}

/**
 * Settings as a JSON Schema types them. Names that the schema does not have are refused with the near miss; whether
 * values are in range is for the owner of the schema to check.
 *
 * @param what - whose settings they are: 'The method "penalty"'
 * @throws OrthantError `usage`
 */
export function parseSettings(
  option: string,
  what: string,
  schema: Readonly<Record<string, unknown>>,
  pairs: readonly KeyValue[],
): Record<string, unknown> {
  const properties = (schema.properties ?? {}) as Readonly<Record<string, PropertySchema>>;
  const names = Object.keys(properties);
  return Object.fromEntries(
    pairs.map(({ key, value }) => {
      const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
      if (property === undefined) {
        const has = names.length === 0 ? 'It has none.' : `It has: ${names.join(', ')}.`;
        throw wrongUse(`${what} has no setting "${key}".${didYouMean(key, names)} ${has}`);
      }
      const parsed = parseValue(property, value);
      if (parsed === undefined) {
        throw wrongUse(`${option} ${key}=${value}: "${key}" expects ${describeType(property)}.`);
      }
      return [key, parsed];
    }),
  );
}

/** Undefined where the text is nothing that the schema takes. */
function parseValue(property: PropertySchema, text: string): unknown {
  if (property.anyOf !== undefined) {
    return property.anyOf.map((choice) => parseValue(choice, text)).find((value) => value !== undefined);
  }
  const choices = property.enum ?? (property.const === undefined ? undefined : [property.const]);
  if (choices !== undefined) return choices.find((choice) => String(choice) === text);
  if (property.type === 'number' || property.type === 'integer') {
    const number = text === '' ? NaN : Number(text);
    return Number.isFinite(number) && (property.type === 'number' || Number.isInteger(number)) ? number : undefined;
  }
  if (property.type === 'boolean') return { true: true, false: false }[text];
  return text;
}

function describeType(property: PropertySchema): string {
  if (property.anyOf !== undefined) return property.anyOf.map(describeType).join(' or ');
  const choices = property.enum ?? (property.const === undefined ? undefined : [property.const]);
  if (choices !== undefined) return `one of ${choices.map(String).join(', ')}`;
  return { number: 'a number', integer: 'a whole number', boolean: 'true or false' }[property.type ?? ''] ?? 'a text';
}
