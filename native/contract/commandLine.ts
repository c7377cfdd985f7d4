import { runConfigurationSchema, type ColumnSettings, type RunConfiguration } from './configuration.ts';
import type { TrainingResult } from './results.ts';
import { applies, chooserOf, valueAt, type DescribedSetting } from './describedSetting.ts';

/** The command line that repeats a run. */

/** Writes a word for a shell's command line, quoted if necessary. */
type Quoting = (text: string) => string;

export const posixWord: Quoting = (text) =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** For cmd and PowerShell: double quotes; a quote inside (no Windows path has one) is escaped with a backslash. */
export const windowsWord: Quoting = (text) =>
  /^[\w+=:./\\-]+$/.test(text) ? text : `"${text.replaceAll('"', '\\"').replace(/\\$/, '\\\\')}"`;

/** Options with their arguments; undefined if no option can express the difference. */
type Options = readonly (readonly string[])[] | undefined;

/** Always written, except `auto`: they show what the run is about. */
const always: readonly string[] = ['constraint.method.id', 'training.epochs', 'training.seed'];

/**
 * The options that turn `base` (where the command line starts: a sample's recommended configuration, or the defaults)
 * into `configuration`, except for its name.
 *
 * @param settings - the settings of a run configuration
 * @returns one entry per option: its flag and its argument; `undefined` if options cannot express every difference
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
  // A variant that no option names is chosen by the options of its settings.
  const implied = chosenAnew !== undefined && chosenAnew.flag === undefined;
  const start = chosenAnew === undefined ? valueAt(base, path) : setting.default;
  if (value === start && !implied && (value === 'auto' || !always.includes(path))) return [];
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

/** Writers of the settings whose options have a special form, by path. */
const writers: Readonly<Record<string, (configuration: RunConfiguration, base: RunConfiguration) => Options>> = {
  'data.source': ({ data: { source } }) => [
    source.kind === 'sample' ? ['--sample', source.id] : ['--data', source.path],
  ],
  'data.columns': ({ data }, base) => columnOptions(data.columns, base.data.columns),
  'network.hidden': ({ network: { hidden } }, base) => {
    if (same(hidden, base.network.hidden)) return [];
    return [['--hidden', hidden.length === 0 ? 'none' : String(hidden)]];
  },
  'network.activation': ({ network: { activation } }, base) => {
    if (same(activation, base.network.activation)) return [];
    // One name means all layers.
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

/** Whether a name can be written in a list: `a,b`. */
const isListed = (name: string): boolean => name !== '' && name === name.trim() && !name.includes(',');
/** Whether a name can be written before a value: `name=value`. */
const isKey = (name: string): boolean => isListed(name) && !name.includes('=');

type Columns = Readonly<Record<string, ColumnSettings>>;

/** Roles of columns that options give without reading the table. */
export interface ColumnOptions {
  readonly targets?: readonly string[] | undefined;
  readonly ignore?: readonly string[] | undefined;
  /** The order of each ordinal input's categories. */
  readonly ordinal?: Readonly<Record<string, string[]>> | undefined;
}

/** Applies these options to columns. Given targets replace all other targets. */
export function withColumnOptions(columns: Columns, options: ColumnOptions): Record<string, ColumnSettings> {
  const { targets, ignore = [], ordinal = {} } = options;
  const changed: Record<string, ColumnSettings> = { ...columns };
  if (targets !== undefined) {
    // A former target must not become an input: it could reveal the new target.
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
  const expressible =
    [...targets, ...ignore].every(isListed) &&
    Object.entries(ordinal).every(([name, order]) => isKey(name) && order.length > 0 && order.every(isListed));
  const written = withColumnOptions(base, { targets: targets.length === 0 ? undefined : targets, ignore, ordinal });
  if (!expressible || !named.every((name) => sameColumn(columns[name], written[name]))) return undefined;
  return [
    ...(targets.length === 0 ? [] : [['--targets', targets.join()]]),
    ...(ignore.length === 0 ? [] : [['--ignore', ignore.join()]]),
    ...Object.entries(ordinal).map(([name, order]) => ['--ordinal', `${name}=${order.join()}`]),
  ];
}

/**
 * The command that repeats a run: with options if they express every setting, otherwise with the run's folder, which
 * also holds the changes made while the run was paused.
 *
 * @param base - the configuration from which the command line starts for this source
 * @param run - the run's folder
 * @param changed - whether settings were changed while the run was paused
 * @param platform - the computer that the command is for, as in Node's `process.platform`
 * @param settings - the settings of a run configuration
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

/** Title of `repeatCommand`'s command, which does not stop at the step at which the user stopped the run. */
export const repeatTitle = (stopped: TrainingResult['stopped'] | undefined): string =>
  stopped === 'by-request'
    ? 'The same configuration from the command line, trained to its end'
    : 'The same run from the command line';
