import { didYouMean } from '../base/nearest.ts';
import type { DescribedSetting } from '../contract/describedSetting.ts';
import { wrongUse } from './failure.ts';

/** `key=value`, collected from a repeated option. */
export interface KeyValue {
  readonly key: string;
  readonly value: string;
}

/** @throws OrthantError `usage` if there is no `=`, or no name before it */
export function parseKeyValue(option: string, text: string): KeyValue {
  const at = text.indexOf('=');
  if (at < 1) throw wrongUse(`${option} ${text}: expected a name, "=" and a value, as in ${option} name=value.`);
  return { key: text.slice(0, at).trim(), value: text.slice(at + 1).trim() };
}

/**
 * Values of settings from their texts. An unknown name is refused with a similar one as suggestion. The range of a
 * value is checked elsewhere.
 *
 * @param what - the owner of the settings: 'The method "penalty"'
 * @throws OrthantError `usage`
 */
export function parseSettings(
  option: string,
  what: string,
  settings: readonly DescribedSetting[],
  pairs: readonly KeyValue[],
): Record<string, unknown> {
  const names = settings.map(({ name }) => name);
  return Object.fromEntries(
    pairs.map(({ key, value }) => {
      const setting = settings.find(({ name }) => name === key);
      if (setting === undefined) {
        const has = names.length === 0 ? 'It has none.' : `It has: ${names.join(', ')}.`;
        throw wrongUse(`${what} has no setting "${key}".${didYouMean(key, names)} ${has}`);
      }
      const parsed = parseValue(setting, value);
      if (parsed === undefined) {
        throw wrongUse(`${option} ${key}=${value}: "${key}" expects ${expected(setting)}.`);
      }
      return [key, parsed];
    }),
  );
}

/** The value of a text; undefined if the setting does not accept it. */
function parseValue(setting: DescribedSetting, text: string): unknown {
  switch (setting.kind) {
    case 'number': {
      const number = text === '' ? NaN : Number(text);
      return Number.isFinite(number) && (!setting.integer || Number.isInteger(number)) ? number : undefined;
    }
    case 'choice':
      return setting.options.find(({ value }) => value === text)?.value;
    case 'switch':
      return { true: true, false: false }[text];
    default:
      return text;
  }
}

function expected(setting: DescribedSetting): string {
  if (setting.kind === 'number') return setting.integer ? 'a whole number' : 'a number';
  if (setting.kind === 'choice') return `one of ${setting.options.map(({ value }) => value).join(', ')}`;
  return setting.kind === 'switch' ? 'true or false' : 'a text';
}
