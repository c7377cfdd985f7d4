import { readFileSync } from 'node:fs';
import path from 'node:path';
import { withColumnOptions } from '../contract/commandLine.ts';
import {
  runConfigurationSchema,
  runtimeSettingsSchema,
  type ColumnSettings,
  type DataSource,
  type RunConfiguration,
  type RuntimeSettings,
} from '../contract/configuration.ts';
import { parseOrThrow } from '../contract/errors.ts';
import type { RunChange } from '../contract/runRecord.ts';
import { describeFileError } from '../contract/fileErrors.ts';
import type { Engine } from './client.ts';
import { givenSettings, type ConfigurationOptions } from './configurationOptions.ts';
import { wrongUse } from './failure.ts';
import { parseKeyValue, parseSettings } from './keyValue.ts';
import { withOptions } from './withOptions.ts';

/** A configuration to train, and the changes to replay if it repeats a run. */
export interface Described {
  readonly configuration: RunConfiguration;
  readonly changes: readonly RunChange[];
}

/**
 * The run that the options describe: it starts from a document, a run or a sample's recommended configuration, and each
 * option overrides a setting.
 *
 * @param engine - an engine of the role `data`
 * @throws OrthantError `usage` if the options are wrong
 */
export async function describeRun(engine: Engine, options: ConfigurationOptions): Promise<Described> {
  const { configuration: base, changes } = await startingPoint(engine, options);
  const method = await methodFrom(engine, base.constraint.method, options);
  const merged = withOptions({ ...base, constraint: { ...base.constraint, method } }, options);
  const configuration = parseOrThrow(runConfigurationSchema, merged, 'The configuration');
  const columns = await columnsFrom(engine, configuration, options);
  return { configuration: { ...configuration, data: { ...configuration.data, columns } }, changes };
}

/** The engine settings of the options. */
export const runtimeOf = (options: ConfigurationOptions): RuntimeSettings =>
  runtimeSettingsSchema.parse(givenSettings('runtime', options));

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
      'There is no data to train on. Give --sample ID ("orthant samples" lists them), --data FILE or --config FILE.',
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

/** The configuration of a document, or that of a run with the changes made while it was paused. */
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
  // A path in a document is relative to the document, so that both can be moved together.
  return withSource(
    { configuration, changes: [] },
    { kind: 'file', path: path.resolve(path.dirname(place), source.path) },
  );
}

async function methodFrom(
  engine: Engine,
  base: RunConfiguration['constraint']['method'],
  options: ConfigurationOptions,
): Promise<RunConfiguration['constraint']['method']> {
  const id = options.method ?? base.id;
  const settings = id === base.id ? base.settings : {};
  if (options.set === undefined) return { id, settings };
  if (id === 'auto') {
    throw wrongUse(
      '--set gives a setting of one method, and the method is chosen for the table (auto). Add --method ID.',
    );
  }
  const methods = await engine.call('methods', {});
  const method = methods.find((candidate) => candidate.id === id);
  // The call `check` refuses an unknown method and suggests a similar name.
  if (method === undefined) return { id, settings };
  const pairs = options.set.map((text) => parseKeyValue('--set', text));
  return { id, settings: { ...settings, ...parseSettings('--set', `The method "${id}"`, method.fields, pairs) } };
}

/**
 * Roles of columns. Given targets replace all other targets; given inputs leave all other inputs out. The file is read
 * only if the names of its other columns matter.
 */
async function columnsFrom(
  engine: Engine,
  { data }: RunConfiguration,
  { targets, inputs, ignore, ordinal = [] }: ConfigurationOptions,
): Promise<Record<string, ColumnSettings>> {
  const columns: Record<string, ColumnSettings> = { ...data.columns };
  if (inputs !== undefined) {
    const { source, dialect, skipBadRows } = data;
    const inspection = await engine.call('inspect', { source, dialect, skipBadRows });
    for (const { name, suggestedRole } of inspection.columns) {
      const role = columns[name]?.role ?? suggestedRole;
      if (role === 'input' && !inputs.includes(name)) columns[name] = { role: 'ignore' };
    }
    for (const name of inputs) columns[name] = { ...columns[name], role: 'input' };
  }
  const orders = ordinal.map((text) => {
    const { key, value } = parseKeyValue('--ordinal', text);
    return [key, value.split(',').map((category) => category.trim())];
  });
  return withColumnOptions(columns, {
    targets,
    ignore,
    ordinal: Object.fromEntries(orders) as Record<string, string[]>,
  });
}
