import { runConfigurationSchema, type ColumnSettings, type RunConfiguration } from './configuration.ts';
import type { TrainingResult } from './results.ts';
import { applies, chooserOf, valueAt, type DescribedSetting } from './settings.ts';

/** The command line that repeats a run. */

/** How a shell's command line holds a word, quoted where it must be. */
type Quoting = (text: string) => string;

export const posixWord: Quoting = (text) =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** For cmd and PowerShell: double quotes, and a quote inside (which no Windows path has) as programs read it there. */
export const windowsWord: Quoting = (text) =>
  /^[\w+=:./\\-]+$/.test(text) ? text : `"${text.replaceAll('"', '\\"').replace(/\\$/, '\\\\')}"`;

/** Options with their arguments; undefined where no option can say it. */
type Options = readonly (readonly string[])[] | undefined;

/** Given in any case: they say what the run is about, and the number of epochs would else follow the rows. */
const always: readonly string[] = ['constraint.method.id', 'training.epochs', 'training.seed'];

/**
 * The options that turn `base` (what the command line starts from: a sample's recommended configuration, or the
 * defaults) into `configuration`, its name apart.
 *
 * @param settings - of a run configuration
 * @returns one entry an option: its flag and its argument; `undefined` where options cannot say it all
 */
export function repeatOptions(
  configuration: RunConfiguration,
  base: RunConfiguration,
  settings: readonly DescribedSetting[],
): Options {
  const options: (readonly string[])[] = [];
  for (const setting of settings) {
    if (setting.path === 'name' || !applies(setting, configuration)) continue;
    const own = writers[setting.path];
    const written = own === undefined ? optionOf(setting, configuration, base, settings) : own(configuration, base);
    if (written === undefined) return undefined;
    options.push(...written);
  }
  return options;
}

function optionOf(
  setting: DescribedSetting,
  configuration: RunConfiguration,
  base: RunConfiguration,
  settings: readonly DescribedSetting[],
): Options {
  const { path, flag, argument, name } = setting;
  if (setting.kind === 'custom' || flag === undefined) return [];
  const value = valueAt(configuration, path);
  const chooser = chooserOf(setting, settings);
  const chosenAnew =
    chooser !== undefined && valueAt(configuration, chooser.path) !== valueAt(base, chooser.path) ? chooser : undefined;
  // A variant without an option of its own is chosen by the options of its settings.
  const implied = chosenAnew !== undefined && chosenAnew.flag === undefined;
  const start = chosenAnew === undefined ? valueAt(base, path) : setting.default;
  if (value === start && !implied && !always.includes(path)) return [];
  if (setting.kind === 'switch' && argument === undefined) {
    if (value === true) return [[flag]];
    return value === false && setting.opposite !== undefined ? [[flag.replace('--', '--no-')]] : undefined;
  }
  if (value === undefined) return undefined;
  // eslint-disable-next-line @typescript-eslint/no-base-to-string -- a number or a text
  const text = value === '\t' && path.startsWith('data.dialect.') ? String.raw`\t` : String(value);
  return [[flag, argument === 'key=value' ? `${name}=${text}` : text]];
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Options of settings that are written in a way of their own, by path. */
const writers: Readonly<Record<string, (configuration: RunConfiguration, base: RunConfiguration) => Options>> = {
  'data.source': ({ data: { source } }) => [
    source.kind === 'sample' ? ['--sample', source.id] : ['--data', source.path],
  ],
  'data.columns': ({ data }, base) => columnOptions(data.columns, base.data.columns),
  'network.hidden': ({ network: { hidden } }, base) => {
    if (same(hidden, base.network.hidden)) return [];
    return [['--hidden', hidden.length === 0 ? 'none' : hidden.join()]];
  },
  'network.activation': ({ network: { activation } }, base) => {
    if (same(activation, base.network.activation)) return [];
    // One name stands for all layers.
    if (typeof activation !== 'string' && activation.length < 2) return undefined;
    return [['--activation', String(activation)]];
  },
  'constraint.method.settings': ({ constraint: { method } }, base) => {
    const kept = method.id === base.constraint.method.id ? Object.keys(base.constraint.method.settings) : [];
    if (kept.some((name) => !Object.hasOwn(method.settings, name))) return undefined;
    return Object.entries(method.settings).map(([name, value]) => [
      '--set',
      `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
    ]);
  },
  'constraint.epsilon': ({ constraint: { epsilon } }, base) => {
    if (same(epsilon, base.constraint.epsilon)) return [];
    if (typeof epsilon === 'number') return [['--epsilon', String(epsilon)]];
    const bounds = Object.entries(epsilon);
    if (bounds.length === 0 || !bounds.every(([name]) => isKey(name))) return undefined;
    return bounds.map(([name, bound]) => ['--epsilon', `${name}=${bound}`]);
  },
};

/** Whether a name can stand in a list: `a,b`. */
const isListed = (name: string): boolean => name !== '' && name === name.trim() && !name.includes(',');
/** Whether a name can stand before a value: `name=value`. */
const isKey = (name: string): boolean => isListed(name) && !name.includes('=');

type Columns = Readonly<Record<string, ColumnSettings>>;

/** What options say of columns that can be said without a look at the table. */
export interface ColumnOptions {
  readonly targets?: readonly string[] | undefined;
  readonly ignore?: readonly string[] | undefined;
  /** The order of each ordinal input's categories. */
  readonly ordinal?: Readonly<Record<string, string[]>> | undefined;
}

/** Columns with these options over them. Targets that are named take the place of all others. */
export function withColumnOptions(columns: Columns, options: ColumnOptions): Record<string, ColumnSettings> {
  const { targets, ignore = [], ordinal = {} } = options;
  const changed: Record<string, ColumnSettings> = { ...columns };
  if (targets !== undefined) {
    // Another target is no input: what is to be predicted would be given away.
    for (const [name, { role }] of Object.entries(changed)) if (role === 'target') changed[name] = { role: 'ignore' };
  }
  for (const name of targets ?? []) changed[name] = { role: 'target' };
  for (const name of ignore) changed[name] = { role: 'ignore' };
  for (const [name, order] of Object.entries(ordinal)) changed[name] = { role: 'input', encoding: 'ordinal', order };
  return changed;
}

const sameColumn = (a: ColumnSettings | undefined, b: ColumnSettings | undefined): boolean =>
  a?.role === b?.role && a?.encoding === b?.encoding && same(a?.order, b?.order);

function columnOptions(columns: Columns, base: Columns): Options {
  const named = Object.keys({ ...base, ...columns });
  if (named.every((name) => sameColumn(columns[name], base[name]))) return [];
  const targets = named.filter((name) => columns[name]?.role === 'target');
  const others = named.filter((name) => !sameColumn(columns[name], base[name]));
  const ignore = others.filter((name) => columns[name]?.role === 'ignore');
  const ordered = others.filter((name) => columns[name]?.encoding === 'ordinal');
  const ordinal = Object.fromEntries(ordered.map((name) => [name, columns[name]?.order ?? []]));
  const sayable =
    [...targets, ...ignore].every(isListed) &&
    Object.entries(ordinal).every(([name, order]) => isKey(name) && order.length > 0 && order.every(isListed));
  const said = withColumnOptions(base, { targets: targets.length === 0 ? undefined : targets, ignore, ordinal });
  if (!sayable || !named.every((name) => sameColumn(columns[name], said[name]))) return undefined;
  return [
    ...(targets.length === 0 ? [] : [['--targets', targets.join()]]),
    ...(ignore.length === 0 ? [] : [['--ignore', ignore.join()]]),
    ...Object.entries(ordinal).map(([name, order]) => ['--ordinal', `${name}=${order.join()}`]),
  ];
}

/**
 * The command that trains a run once more: with options where they say it all, else by the run's folder, which also
 * holds what was changed while it was paused.
 *
 * @param base - what the command line starts from where it is given this source
 * @param run - the run's folder
 * @param platform - as Node names it: of the computer that the command is for
 * @param settings - of a run configuration
 */
export function repeatCommand(
  configuration: RunConfiguration,
  base: RunConfiguration | undefined,
  run: string,
  changed: boolean,
  platform: string,
  settings: readonly DescribedSetting[],
): string {
  const word = platform === 'win32' ? windowsWord : posixWord;
  const start = base ?? runConfigurationSchema.parse({ data: { source: configuration.data.source } });
  const options = changed || settings.length === 0 ? undefined : repeatOptions(configuration, start, settings);
  const words = options?.flatMap(([flag = '', ...rest]) => [flag, ...rest.map(word)]) ?? ['--config', word(run)];
  return `npm run orthant -- train ${words.join(' ')}`;
}

/** What the command of `repeatCommand` trains: nothing in it says at which step somebody stopped the run. */
export const repeatTitle = (stopped: TrainingResult['stopped'] | undefined): string =>
  stopped === 'by-request'
    ? 'The same configuration from the command line, trained to its end'
    : 'The same run from the command line';
