import { Option, type Command } from 'commander';
import { joined } from '../base/lists.ts';
import { activationSchema, dialectSchema, type Activation, type Dialect } from '../contract/configuration.ts';
import { describeConfiguration } from '../contract/describeSettings.ts';
import { fileFormatTitles } from '../contract/fileFormats.ts';
import { chooserOf, isAutomatic, type DescribedSetting } from '../contract/describedSetting.ts';
import { collect, names, number, oneOf, orAuto, place, sizes, wholeNumber } from './parsers.ts';

/** The settings of a run configuration, from which most options are made. */
export const settings: readonly DescribedSetting[] = describeConfiguration();

/**
 * Options that describe a run, as commander returns them. Only options with a special form are listed; `givenSetting`
 * reads all others by their setting.
 */
export interface ConfigurationOptions extends TableOptions {
  config?: string;
  targets?: string[];
  inputs?: string[];
  ignore?: string[];
  ordinal?: string[];
  splitColumn?: string;
  hidden?: number[] | 'auto';
  activation?: Activation[];
  method?: string;
  set?: string[];
  epsilon?: string[];
}

/** The table to read; `dialectOf` reads the options of its dialect. */
export interface TableOptions {
  sample?: string;
  data?: string;
  skipBadRows?: boolean;
}

/** Commander's name of an option: `splitSeed` for `--split-seed`. */
const optionName = (flag: string): string =>
  flag.slice(2).replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());

/** The value that the options give for a setting; undefined if they give none. */
export const givenSetting = ({ flag = '' }: DescribedSetting, options: TableOptions): unknown =>
  (options as Readonly<Record<string, unknown>>)[optionName(flag)];

/** The values that the options give for the settings of one group, by name. */
export const givenSettings = (group: string, options: TableOptions): Record<string, unknown> =>
  Object.fromEntries(
    settings
      .filter(({ path, name }) => path === `${group}.${name}`)
      .map((setting) => [setting.name, givenSetting(setting, options)]),
  );

/** The dialect that the options give. */
export const dialectOf = (options: TableOptions): Dialect =>
  dialectSchema.parse(givenSettings('data.dialect', options));

/** Accepts `\t` for a tab, which is hard to type. */
const character = (text: string): string => (text === String.raw`\t` ? '\t' : text);

/** Parsers of options with a special form. */
const parsers: Readonly<Record<string, (text: string, before: never) => unknown>> = {
  '--delimiter': character,
  '--quote': character,
  '--hidden': orAuto(sizes),
  '--activation': (text) => text.split(',').map((name) => oneOf(activationSchema.options)(name.trim())),
  '--epsilon': collect,
};

/** Help of options that need more than the description and default of their setting. */
const helps: Readonly<Record<string, (description: string, byDefault: string) => string>> = {
  '--activation': (description, byDefault) => `${description} (${byDefault}): ${activationSchema.options.join(', ')}`,
  '--method': (description, byDefault) => `${description} (${byDefault}); "orthant methods" lists them`,
  '--epsilon': (description, byDefault) => `${description} (${byDefault}); name=bound for one target (repeatable)`,
};

function parserOf(setting: DescribedSetting): ((text: string, before: never) => unknown) | undefined {
  const { flag = '', argument, kind } = setting;
  const own = parsers[flag];
  if (own !== undefined) return own;
  if (argument === 'key=value') return collect;
  if (kind === 'choice') return oneOf(setting.options.map(({ value }) => value));
  if (kind !== 'number') return undefined;
  const parser = setting.integer ? wholeNumber : number;
  return isAutomatic(setting) ? orAuto(parser) : parser;
}

/** The default as text. If the variants of a union differ, the default variant comes first. */
function defaultText(setting: DescribedSetting): string {
  // Among choices `auto` is listed.
  if (isAutomatic(setting)) return setting.kind === 'choice' ? '' : 'auto: chosen for the table';
  if (setting.kind === 'switch' || setting.default === undefined) return '';
  if (typeof setting.default === 'object' && !Array.isArray(setting.default)) return '';
  const usual = chooserOf(setting, settings)?.default;
  const alike = settings.filter(({ path }) => path === setting.path);
  const own = alike.find(({ when }) => when?.is.some((value) => value === usual)) ?? setting;
  const others = alike.filter((other) => other !== own && setting.when !== undefined);
  return [
    String(own.default),
    ...others.map((other) => `${other.when?.is.join(' and ') ?? ''}: ${String(other.default)}`),
  ].join('; ');
}

function helpOf(setting: DescribedSetting): string {
  const { flag = '', description } = setting;
  const byDefault = defaultText(setting);
  const own = helps[flag];
  if (own !== undefined) return own(description, byDefault);
  const choices = setting.kind === 'choice' ? `: ${setting.options.map(({ value }) => value).join(', ')}` : '';
  return `${description}${byDefault === '' ? '' : ` (${byDefault})`}${choices}`;
}

/** Adds an option for each setting of these parts of a configuration. */
function addSettings(command: Command, ...parts: readonly string[]): Command {
  const added = new Set<string>();
  for (const setting of settings) {
    const { path, flag, argument, kind, opposite } = setting;
    const within = parts.some((part) => path === part || path.startsWith(`${part}.`));
    // All settings written as name=value share one option.
    const apart = argument === 'key=value' && kind !== 'custom';
    if (!within || apart || flag === undefined || added.has(flag)) continue;
    added.add(flag);
    const option = new Option(argument === undefined ? flag : `${flag} <${argument}>`, helpOf(setting));
    const parser = parserOf(setting);
    command.addOption(parser === undefined ? option : option.argParser(parser as (text: string) => unknown));
    if (opposite !== undefined) command.option(flag.replace('--', '--no-'), opposite);
  }
  return command;
}

/** Adds the options for reading a table. */
export const addDialectOptions = (command: Command): Command =>
  addSettings(command.optionsGroup('Reading the file (detected if left out):'), 'data.dialect', 'data.skipBadRows');

/** Adds the options for a whole run configuration. */
export function addConfigurationOptions(command: Command): Command {
  command
    .optionsGroup('Data:')
    .option('--sample <id>', 'a sample that comes with Orthant, with its recommended configuration ("orthant samples")')
    .option('--data <file>', `${joined(fileFormatTitles(), 'or')}, also gzipped`, place)
    .option('--config <file>', 'a configuration document (*.orthant), or the folder of a run to repeat', place)
    .option('--targets <names>', 'columns to predict, separated by commas', names)
    .option('--inputs <names>', 'columns to predict from; all others are left out', names)
    .option('--ignore <names>', 'columns to leave out', names)
    .option(
      '--ordinal <column=a,b,c>',
      'categories of an input from lowest to highest, numbered 0, 1, 2 (repeatable)',
      collect,
    );
  addSettings(command, 'data.missing', 'data.split', 'data.scaling');
  addDialectOptions(command);
  addSettings(command.optionsGroup('Network:'), 'network');
  addSettings(command.optionsGroup('Constraint:'), 'constraint');
  addSettings(command.optionsGroup('Training:'), 'training', 'name');
  return addSettings(command.optionsGroup('Engine:'), 'runtime');
}
