import { methodSettings, type RunConfiguration } from '../contract/configuration.ts';
import { applies, chooserOf, groupOf, setAt, valueAt, type DescribedSetting } from '../contract/describedSetting.ts';
import { givenSetting, settings, type ConfigurationOptions } from './configurationOptions.ts';
import { wrongUse } from './failure.ts';
import { parseKeyValue, parseSettings } from './keyValue.ts';

/**
 * Applies options to a configuration, without checking the result. The options for the data's source, the columns and
 * the method's settings need an engine and are read elsewhere.
 *
 * @throws OrthantError `usage` if the options are wrong
 */
export function withOptions(base: RunConfiguration, options: ConfigurationOptions): unknown {
  const merged = structuredClone(base);
  chooseVariants(merged, options);
  for (const setting of settings) {
    const { path, kind, argument } = setting;
    const value = givenSetting(setting, options);
    if (value === undefined || path === methodSettings.path) continue;
    if (argument !== 'key=value') setAt(merged, path, readers[path]?.(value) ?? value);
    else if (kind === 'custom') Object.assign(valueAt(merged, path) as object, variantSettings(merged, setting, value));
  }
  resetIdle(merged, options);
  return merged;
}

/** Gives settings that do not apply their default, and refuses their options. */
function resetIdle(merged: RunConfiguration, options: ConfigurationOptions): void {
  for (const setting of settings) {
    const chooser = settings.find(({ path }) => path === setting.when?.path);
    if (chooser === undefined || chooser.choosesVariant === true || applies(setting, merged)) continue;
    if (givenSetting(setting, options) !== undefined) {
      throw wrongUse(
        `${setting.flag ?? ''} works only with ${chooser.flag ?? ''} ${setting.when?.is.join(' or ') ?? ''}.`,
      );
    }
    setAt(merged, setting.path, setting.default);
  }
}

/** For options with a special form: converts commander's value to the setting's, by the setting's path. */
const readers: Readonly<Record<string, (given: unknown) => unknown>> = {
  // One name means all layers.
  'network.activation': (given) => (Array.isArray(given) && given.length === 1 ? (given as unknown[])[0] : given),
  'constraint.epsilon': (given) => bounds(given as readonly string[]),
};

/**
 * Resets each union for which the options choose another variant: by the option that names the variant or, for the
 * split without such an option, by an option that only one variant has.
 */
function chooseVariants(merged: RunConfiguration, options: ConfigurationOptions): void {
  for (const chooser of settings.filter(({ choosesVariant }) => choosesVariant)) {
    const given = settings.filter(
      (setting) => setting.when?.path === chooser.path && givenSetting(setting, options) !== undefined,
    );
    const implied = chooser.flag === undefined ? new Set(given.flatMap(({ when }) => when?.is ?? [])) : new Set();
    if (implied.size > 1) {
      throw wrongUse(
        '--split-column assigns every row, so --validation, --test and --split-seed cannot be used with it.',
      );
    }
    const id = givenSetting(chooser, options) ?? [...implied][0] ?? valueAt(merged, chooser.path);
    if (id !== valueAt(merged, chooser.path)) setAt(merged, groupOf(chooser), { [chooser.name]: id });
  }
}

/** Settings of a union's chosen variant, from `name=value` texts. */
function variantSettings(merged: RunConfiguration, union: DescribedSetting, texts: unknown): Record<string, unknown> {
  const { path, name, flag = '' } = union;
  const own = settings.filter(
    (setting) => groupOf(setting) === path && chooserOf(setting, settings) !== undefined && applies(setting, merged),
  );
  const [first] = own;
  const chooser = first === undefined ? undefined : chooserOf(first, settings);
  const id = String(valueAt(merged, chooser?.path ?? ''));
  const pairs = (texts as readonly string[]).map((text) => parseKeyValue(flag, text));
  return parseSettings(flag, `The ${name} "${id}"`, own, pairs);
}

/** Parses bounds: `0.5`, or `price=0.5` once or several times. */
function bounds(texts: readonly string[]): number | Record<string, number> {
  const toNumber = (text: string): number => {
    const value = text === '' ? NaN : Number(text);
    if (!Number.isFinite(value)) throw wrongUse(`--epsilon ${text}: expected a number, or target=number.`);
    return value;
  };
  const [only] = texts;
  if (texts.length === 1 && only !== undefined && !only.includes('=')) return toNumber(only);
  return Object.fromEntries(
    texts.flatMap((text) =>
      text.split(',').map((part) => {
        const { key, value } = parseKeyValue('--epsilon', part);
        return [key, toNumber(value)];
      }),
    ),
  );
}
