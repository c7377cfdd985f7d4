import { runConfigurationSchema, type RunConfiguration } from '../../native/contract/configuration.ts';

/** The command line that repeats a run. */

/** One word of a POSIX shell's command line, quoted where it must be. */
export const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

const settingText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** The targets a configuration names. */
const namedTargets = (configuration: RunConfiguration): string[] =>
  Object.entries(configuration.data.columns)
    .filter(([, column]) => column.role === 'target')
    .map(([name]) => name);

const same = (a: unknown, b: unknown): boolean => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));

/** Keys in alphabetical order at every level, so that equal documents have equal text. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

/**
 * The options that turn `base` (what the command line starts from: a sample's recommended configuration, or the
 * defaults) into `configuration`; `undefined` where options cannot say it all.
 */
function options(configuration: RunConfiguration, base: RunConfiguration): string[] | undefined {
  const { data, network, constraint, training } = configuration;
  const words: string[] = [];
  const expressible = structuredClone(base);

  words.push(
    data.source.kind === 'sample' ? `--sample ${shellWord(data.source.id)}` : `--data ${shellWord(data.source.path)}`,
  );
  if (!same(data.columns, base.data.columns)) {
    const targets = namedTargets(configuration);
    if (
      targets.length === 0 ||
      targets.length !== Object.keys(data.columns).length ||
      targets.some((name) => name.includes(','))
    )
      return undefined;
    words.push(`--targets ${shellWord(targets.join(','))}`);
    expressible.data.columns = data.columns;
  }
  if (data.skipBadRows && !base.data.skipBadRows) {
    words.push('--skip-bad-rows');
    expressible.data.skipBadRows = true;
  }
  words.push(`--method ${shellWord(constraint.method.id)}`);
  for (const [key, value] of Object.entries(constraint.method.settings)) {
    words.push(`--set ${shellWord(`${key}=${settingText(value)}`)}`);
  }
  expressible.constraint.method = constraint.method;
  if (!same(constraint.epsilon, base.constraint.epsilon)) {
    if (typeof constraint.epsilon !== 'number') return undefined;
    words.push(`--epsilon ${constraint.epsilon}`);
    expressible.constraint.epsilon = constraint.epsilon;
  }
  if (!same(network.hidden, base.network.hidden)) {
    words.push(`--hidden ${network.hidden.length === 0 ? 'none' : network.hidden.join(',')}`);
    expressible.network.hidden = network.hidden;
  }
  if (typeof network.activation === 'string' && network.activation !== base.network.activation) {
    words.push(`--activation ${network.activation}`);
    expressible.network.activation = network.activation;
  }
  if (training.loss !== base.training.loss) words.push(`--loss ${training.loss}`);
  if (training.batchSize !== base.training.batchSize) words.push(`--batch ${training.batchSize}`);
  words.push(`--epochs ${training.epochs}`, `--seed ${training.seed}`);
  Object.assign(expressible.training, {
    loss: training.loss,
    batchSize: training.batchSize,
    epochs: training.epochs,
    seed: training.seed,
  });
  delete expressible.name;
  const nameless = structuredClone(configuration);
  delete nameless.name;
  const said = { ...expressible, data: { ...expressible.data, source: data.source } };
  return same(said, nameless) ? words : undefined;
}

/**
 * The command that trains a run once more: with options where they say it all, else by the run's folder, which also
 * holds what was changed while it was paused.
 *
 * @param base - what the command line starts from where it is given this source
 * @param run - the run's folder
 */
export function repeatCommand(
  configuration: RunConfiguration,
  base: RunConfiguration | undefined,
  run: string,
  changed: boolean,
): string {
  const start = base ?? runConfigurationSchema.parse({ data: { source: configuration.data.source } });
  const words = changed ? undefined : options(configuration, start);
  return `npm run orthant -- train ${words === undefined ? `--config ${shellWord(run)}` : words.join(' ')}`;
}
