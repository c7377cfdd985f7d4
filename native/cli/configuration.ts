import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import {
  optimizerSchema,
  runConfigurationSchema,
  scheduleSchema,
  splitSchema,
  type ColumnSettings,
  type DataSource,
  type RunConfiguration,
  type RunConfigurationInput,
} from '../contract/configuration.ts';
import { parseOrThrow } from '../contract/errors.ts';
import type { RunChange } from '../contract/runs.ts';
import { epochsByRows } from '../contract/steps.ts';
import { describeFileError } from '../contract/fileErrors.ts';
import type { Engine } from './client.ts';
import { dialectOf, type ConfigurationOptions } from './configurationOptions.ts';
import { wrongUse } from './failure.ts';
import { parseKeyValue, parseSettings, type KeyValue } from './keyValue.ts';

/** A configuration to train, and the changes to replay where it repeats a run. */
export interface Described {
  readonly configuration: RunConfiguration;
  readonly changes: readonly RunChange[];
}

/**
 * The run that the options describe: a document, a run or a sample's recommended configuration to begin with, each
 * option in its place over it.
 *
 * @param engine - of the role `data`
 * @throws OrthantError `usage` with what is wrong
 */
export async function describeRun(engine: Engine, options: ConfigurationOptions): Promise<Described> {
  const { configuration: base, changes } = await startingPoint(engine, options);
  const { data } = base;
  const merged: RunConfigurationInput = {
    ...base,
    ...(options.name === undefined ? {} : { name: options.name }),
    data: {
      ...data,
      dialect: { ...data.dialect, ...dialectOf(options) },
      ...given({ skipBadRows: options.skipBadRows, missing: options.missing }),
      columns: { ...data.columns },
      split: splitFrom(data.split, options),
      scaling: { ...data.scaling, ...given({ inputs: options.inputScaling, targets: options.targetScaling }) },
    },
    network: {
      ...base.network,
      ...given({ hidden: options.hidden, initialiser: options.initialiser }),
      ...(options.activation === undefined ? {} : { activation: oneOrMany(options.activation) }),
    },
    constraint: {
      ...(options.epsilon === undefined ? { epsilon: base.constraint.epsilon } : { epsilon: bounds(options.epsilon) }),
      method: await methodFrom(engine, base.constraint.method, options),
    },
    training: {
      ...base.training,
      ...given({
        loss: options.loss,
        batchSize: options.batch,
        epochs: options.epochs,
        gradientClip: options.clip,
        weightDecay: options.weightDecay,
        earlyStopping: options.earlyStopping,
        seed: options.seed,
      }),
      optimizer: optimizerFrom(base.training.optimizer, options),
      schedule: scheduleFrom(base.training.schedule, options),
    },
    runtime: { ...base.runtime, ...runtimeOf(options) },
  };
  const configuration = parseOrThrow(runConfigurationSchema, merged, 'The configuration');
  const columns = await columnsFrom(engine, configuration, options);
  return { configuration: { ...configuration, data: { ...configuration.data, columns } }, changes };
}

/**
 * The configuration with as many epochs as the table needs, where they were left to it: for a data file alone. What a
 * document, a sample or `--epochs` says stays.
 *
 * @param engine - of the role `data`
 * @throws OrthantError where the data cannot be used as asked
 */
export async function withEpochsByRows(
  engine: Engine,
  configuration: RunConfiguration,
  { config, sample, epochs }: ConfigurationOptions,
): Promise<RunConfiguration> {
  if (config !== undefined || sample !== undefined || epochs !== undefined) return configuration;
  const { split } = await engine.call('prepare', { data: configuration.data });
  const { training } = configuration;
  return { ...configuration, training: { ...training, epochs: epochsByRows(training, split.train) } };
}

/** What the options say of the engine. */
export const runtimeOf = ({
  engine,
  device,
  deterministic,
  execution,
}: ConfigurationOptions): RunConfigurationInput['runtime'] => given({ engine, device, deterministic, execution });

async function startingPoint(engine: Engine, options: ConfigurationOptions): Promise<Described> {
  const { sample, data, config } = options;
  if (sample !== undefined && data !== undefined) throw wrongUse('Give --sample or --data, not both.');
  const source: DataSource | undefined =
    sample !== undefined
      ? { kind: 'sample', id: sample }
      : data !== undefined
        ? { kind: 'file', path: path.resolve(data) }
        : undefined;
  if (config !== undefined) {
    const described = await readDescription(engine, config);
    return source === undefined ? described : withSource(described, source);
  }
  if (source === undefined) {
    throw wrongUse(
      'What should be trained on? Give --sample ID ("orthant samples" lists them), --data FILE or --config FILE.',
    );
  }
  if (source.kind === 'sample') {
    return { configuration: await engine.call('sampleConfiguration', { id: source.id }), changes: [] };
  }
  return { configuration: runConfigurationSchema.parse({ data: { source } }), changes: [] };
}

const withSource = ({ configuration, changes }: Described, source: DataSource): Described => ({
  configuration: { ...configuration, data: { ...configuration.data, source } },
  changes,
});

/** A document's configuration, or a run's together with what was changed while it was paused. */
async function readDescription(engine: Engine, place: string): Promise<Described> {
  let text: string;
  try {
    text = readFileSync(place, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EISDIR') {
      return engine.call('runRecord', { run: path.resolve(place) });
    }
    throw describeFileError(error, `read the configuration ${place}`);
  }
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw wrongUse(`${place} is not a configuration document: ${(error as Error).message.replaceAll(/\s+/g, ' ')}.`);
  }
  const configuration = parseOrThrow(runConfigurationSchema, document, `The configuration in ${place}`);
  const { source } = configuration.data;
  if (source.kind === 'sample') return { configuration, changes: [] };
  // A path in a document counts from where the document lies, so that both can be moved together.
  return withSource(
    { configuration, changes: [] },
    { kind: 'file', path: path.resolve(path.dirname(place), source.path) },
  );
}

/** The entries that have a value. */
function given<Options extends Record<string, unknown>>(
  options: Options,
): { [Key in keyof Options]?: Exclude<Options[Key], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never;
}

const oneOrMany = <Value>(values: readonly Value[]): Value | Value[] =>
  values.length === 1 && values[0] !== undefined ? values[0] : [...values];

/** `0.5`, or `price=0.5` once or several times. */
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

function splitFrom(
  base: RunConfiguration['data']['split'],
  options: ConfigurationOptions,
): z.input<typeof splitSchema> {
  const { splitColumn, validation, test, splitSeed } = options;
  const bySeed = given({ validation, test, seed: splitSeed });
  if (splitColumn !== undefined) {
    if (Object.keys(bySeed).length > 0) {
      throw wrongUse(
        '--split-column says which rows are for what; --validation, --test and --split-seed do not go with it.',
      );
    }
    return { by: 'column', column: splitColumn };
  }
  if (Object.keys(bySeed).length === 0) return base;
  return base.by === 'seed' ? { ...base, ...bySeed } : { by: 'seed', ...bySeed };
}

async function methodFrom(
  engine: Engine,
  base: RunConfiguration['constraint']['method'],
  options: ConfigurationOptions,
): Promise<RunConfiguration['constraint']['method']> {
  const id = options.method ?? base.id;
  const settings = id === base.id ? base.settings : {};
  if (options.set === undefined) return { id, settings };
  const methods = await engine.call('methods', {});
  const method = methods.find((candidate) => candidate.id === id);
  // An unknown method is refused by `check`, which names the near miss.
  if (method === undefined) return { id, settings };
  const pairs = options.set.map((text) => parseKeyValue('--set', text));
  return { id, settings: { ...settings, ...parseSettings('--set', `The method "${id}"`, method.settings, pairs) } };
}

function optimizerFrom(
  base: RunConfiguration['training']['optimizer'],
  options: ConfigurationOptions,
): z.input<typeof optimizerSchema> {
  const { optimizer: id = base.id, learningRate, optimizerSet = [] } = options;
  return {
    ...(id === base.id ? base : { id }),
    ...given({ learningRate }),
    ...settingsOf('--optimizer-set', `The optimizer "${id}"`, optimizerSchema.options, id, optimizerSet),
  } as z.input<typeof optimizerSchema>;
}

function scheduleFrom(
  base: RunConfiguration['training']['schedule'],
  options: ConfigurationOptions,
): z.input<typeof scheduleSchema> {
  const { schedule: id = base.id, scheduleSet = [] } = options;
  return {
    ...(id === base.id ? base : { id }),
    ...settingsOf('--schedule-set', `The schedule "${id}"`, scheduleSchema.options, id, scheduleSet),
  } as z.input<typeof scheduleSchema>;
}

type Variant = (typeof optimizerSchema.options)[number] | (typeof scheduleSchema.options)[number];

/** Settings of one variant of a union that is told apart by `id`. */
function settingsOf(
  option: string,
  what: string,
  variants: readonly Variant[],
  id: string,
  texts: readonly string[],
): Record<string, unknown> {
  const pairs: KeyValue[] = texts.map((text) => parseKeyValue(option, text));
  const variant = variants.find((candidate) => candidate.shape.id.value === id);
  if (variant === undefined || pairs.length === 0) return {};
  const schema = z.toJSONSchema(variant, { io: 'input' });
  const properties = Object.entries(schema.properties ?? {}).filter(([name]) => name !== 'id');
  return parseSettings(option, what, { properties: Object.fromEntries(properties) }, pairs);
}

/**
 * Roles of columns. Targets that are named take the place of all others; inputs that are named leave all others out.
 * The file is looked at only where the names of its other columns matter.
 */
async function columnsFrom(
  engine: Engine,
  { data }: RunConfiguration,
  { targets, inputs, ignore = [], ordinal = [] }: ConfigurationOptions,
): Promise<Record<string, ColumnSettings>> {
  const columns: Record<string, ColumnSettings> = { ...data.columns };
  if (inputs !== undefined) {
    const { source, dialect, skipBadRows } = data;
    const inspection = await engine.call('inspect', { source, dialect, skipBadRows });
    for (const { name, suggestedRole } of inspection.columns) {
      const role = columns[name]?.role ?? suggestedRole;
      if (role === 'input' && !inputs.includes(name)) columns[name] = { role: 'ignore' };
    }
  }
  if (targets !== undefined) {
    // Another target is no input: what is to be predicted would be given away.
    for (const [name, { role }] of Object.entries(columns)) {
      if (role === 'target') columns[name] = { role: 'ignore' };
    }
  }
  for (const name of inputs ?? []) columns[name] = { ...columns[name], role: 'input' };
  for (const name of targets ?? []) columns[name] = { role: 'target' };
  for (const name of ignore) columns[name] = { role: 'ignore' };
  for (const text of ordinal) {
    const { key, value } = parseKeyValue('--ordinal', text);
    columns[key] = { role: 'input', encoding: 'ordinal', order: value.split(',').map((category) => category.trim()) };
  }
  return columns;
}
