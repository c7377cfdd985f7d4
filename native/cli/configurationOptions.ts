import { Option, type Command } from 'commander';
import { joined } from '../base/lists.ts';
import { activationSchema, dialectSchema, type Activation, type Dialect } from '../contract/configuration.ts';
import { describeConfiguration } from '../contract/describeSettings.ts';
import { fileFormatTitles } from '../contract/fileFormats.ts';
import { chooserOf, type DescribedSetting } from '../contract/settings.ts';
import { collect, names, number, oneOf, place, sizes, wholeNumber } from './parsers.ts';

/** The settings of a run configuration; most options are made from them. */
export const settings: readonly DescribedSetting[] = describeConfiguration();

/**
 * Options that describe a run, as commander gives them: those that are written in a way of their own. All others are
 * read by the settings they are made from (`givenSetting`).
 */
export interface ConfigurationOptions extends TableOptions {
  config?: string;
  targets?: string[];
  inputs?: string[];
  ignore?: string[];
  ordinal?: string[];
  splitColumn?: string;
  hidden?: number[];
  activation?: Activation[];
  method?: string;
  set?: string[];
  epsilon?: string[];
  epochs?: number;
}

/** Which table is read; how is read by the settings of the dialect. */
export interface TableOptions {
  sample?: string;
  data?: string;
  skipBadRows?: boolean;
}

/** Under which name commander gives an option: `--split-seed` as `splitSeed`. */
const optionName = (flag: string): string =>
  flag.slice(2).replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());

/** What the options say of a setting; undefined where they do not. */
export const givenSetting = ({ flag = '' }: DescribedSetting, options: TableOptions): unknown =>
  (options as Readonly<Record<string, unknown>>)[optionName(flag)];

/** What the options say of the settings of one group, by name. */
export const givenSettings = (group: string, options: TableOptions): Record<string, unknown> =>
  Object.fromEntries(
    settings
      .filter(({ path, name }) => path === `${group}.${name}`)
      .map((setting) => [setting.name, givenSetting(setting, options)]),
  );

/** What is given of a dialect. */
export const dialectOf = (options: TableOptions): Dialect =>
  dialectSchema.parse(givenSettings('data.dialect', options));

/** A tab is hard to type. */
const character = (text: string): string => (text === String.raw`\t` ? '\t' : text);

/** Parsers of options that are written in a way of their own. */
const parsers: Readonly<Record<string, (text: string, before: never) => unknown>> = {
  '--delimiter': character,
  '--quote': character,
  '--hidden': sizes,
  '--activation': (text) => text.split(',').map((name) => oneOf(activationSchema.options)(name.trim())),
  '--epsilon': collect,
};

/** Help of options that say more than their setting does, from its description and default. */
const helps: Readonly<Record<string, (description: string, byDefault: string) => string>> = {
  '--activation': (description, byDefault) => `${description} (${byDefault}): ${activationSchema.options.join(', ')}`,
  '--method': (description, byDefault) => `${description} (${byDefault}); "orthant methods" lists them`,
  '--epsilon': (description, byDefault) => `${description} (${byDefault}); name=bound for one target (repeatable)`,
  '--epochs': (description, byDefault) => `${description} (${byDefault}; with --data, more where rows are few)`,
};

function parserOf(setting: DescribedSetting): ((text: string, before: never) => unknown) | undefined {
  const { flag = '', argument, kind } = setting;
  const own = parsers[flag];
  if (own !== undefined) return own;
  if (argument === 'key=value') return collect;
  if (kind === 'choice') return oneOf(setting.options.map(({ value }) => value));
  if (kind === 'number') return setting.integer ? wholeNumber : number;
  return undefined;
}

/** The default as it is written: of settings of a union's variants that of the usual variant first, then the others'. */
function defaultText(setting: DescribedSetting): string {
  if (setting.kind === 'switch' || setting.default === undefined || setting.default === 'auto') return '';
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
    // Settings written as name=value have one option for all of them.
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

/** How a table is read: options of every command that reads one. */
export const addDialectOptions = (command: Command): Command =>
  addSettings(
    command.optionsGroup('Reading the file (found in the file where left out):'),
    'data.dialect',
    'data.skipBadRows',
  );

/** All of a run configuration as options. */
export function addConfigurationOptions(command: Command): Command {
  command
    .optionsGroup('Data:')
    .option('--sample <id>', 'a sample that comes with Orthant, with its recommended configuration ("orthant samples")')
    .option('--data <file>', `${joined(fileFormatTitles(), 'or')}, also gzipped`, place)
    .option(
      '--config <file>',
      'a configuration document (*.orthant), or the folder of a run that is to be repeated',
      place,
    )
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
