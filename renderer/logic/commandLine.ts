import { runConfigurationSchema, type RunConfiguration } from '../../native/contract/configuration.ts';
import type { TrainingResult } from '../../native/contract/results.ts';
import { sameDocument as same } from './sameDocument.ts';

/** The command line that repeats a run. */

/** How a shell's command line holds a word, quoted where it must be. */
type Quoting = (text: string) => string;

export const posixWord: Quoting = (text) =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** For cmd and PowerShell: double quotes, and a quote inside (which no Windows path has) as programs read it there. */
export const windowsWord: Quoting = (text) =>
  /^[\w+=:./\\-]+$/.test(text) ? text : `"${text.replaceAll('"', '\\"').replace(/\\$/, '\\\\')}"`;

const settingText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** The targets a configuration names. */
const namedTargets = (configuration: RunConfiguration): string[] =>
  Object.entries(configuration.data.columns)
    .filter(([, column]) => column.role === 'target')
    .map(([name]) => name);

/**
 * The options that turn `base` (what the command line starts from: a sample's recommended configuration, or the
 * defaults) into `configuration`; `undefined` where options cannot say it all.
 */
function options(configuration: RunConfiguration, base: RunConfiguration, word: Quoting): string[] | undefined {
  const { data, network, constraint, training } = configuration;
  const words: string[] = [];
  const expressible = structuredClone(base);

  words.push(data.source.kind === 'sample' ? `--sample ${word(data.source.id)}` : `--data ${word(data.source.path)}`);
  if (!same(data.columns, base.data.columns)) {
    const targets = namedTargets(configuration);
    if (
      targets.length === 0 ||
      targets.length !== Object.keys(data.columns).length ||
      targets.some((name) => name.includes(','))
    )
      return undefined;
    words.push(`--targets ${word(targets.join(','))}`);
    expressible.data.columns = data.columns;
  }
  if (data.skipBadRows && !base.data.skipBadRows) {
    words.push('--skip-bad-rows');
    expressible.data.skipBadRows = true;
  }
  words.push(`--method ${word(constraint.method.id)}`);
  for (const [key, value] of Object.entries(constraint.method.settings)) {
    words.push(`--set ${word(`${key}=${settingText(value)}`)}`);
  }
  expressible.constraint.method = constraint.method;
  if (!same(constraint.epsilon, base.constraint.epsilon)) {
    if (typeof constraint.epsilon !== 'number') return undefined;
    words.push(`--epsilon ${constraint.epsilon}`);
    expressible.constraint.epsilon = constraint.epsilon;
  }
  if (!same(network.hidden, base.network.hidden)) {
    words.push(`--hidden ${network.hidden.length === 0 ? 'none' : word(network.hidden.join(','))}`);
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
 * @param platform - as Node names it: of the computer that the command is for
 */
export function repeatCommand(
  configuration: RunConfiguration,
  base: RunConfiguration | undefined,
  run: string,
  changed: boolean,
  platform: string,
): string {
  const word = platform === 'win32' ? windowsWord : posixWord;
  const start = base ?? runConfigurationSchema.parse({ data: { source: configuration.data.source } });
  const words = changed ? undefined : options(configuration, start, word);
  return `npm run orthant -- train ${words === undefined ? `--config ${word(run)}` : words.join(' ')}`;
}

/** What the command of `repeatCommand` trains: nothing in it says at which step somebody stopped the run. */
export const repeatTitle = (stopped: TrainingResult['stopped'] | undefined): string =>
  stopped === 'by-request'
    ? 'The same configuration from the command line, trained to its end'
    : 'The same run from the command line';
