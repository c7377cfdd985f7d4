import { Command } from 'commander';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { repeatOptions } from '../contract/commandLine.ts';
import {
  activationSchema,
  runConfigurationSchema,
  type ColumnSettings,
  type RunConfiguration,
} from '../contract/configuration.ts';
import { chooserOf, isAutomatic, type DescribedSetting } from '../contract/describedSetting.ts';
import { describeMethods } from '../constraints/registry.ts';
import type { Engine } from './client.ts';
import { describeRun } from './runDescription.ts';
import { addConfigurationOptions, settings, type ConfigurationOptions } from './configurationOptions.ts';

/** Values of one setting, made from its description. */
const valueOf = (setting: DescribedSetting): fc.Arbitrary<unknown> =>
  isAutomatic(setting) ? fc.oneof(fc.constant('auto'), namedValueOf(setting)) : namedValueOf(setting);

function namedValueOf(setting: DescribedSetting): fc.Arbitrary<unknown> {
  switch (setting.kind) {
    case 'number': {
      const { minimum = -1e9, maximum = 1e9, exclusiveMinimum, exclusiveMaximum } = setting;
      if (setting.integer) return fc.integer({ min: minimum, max: Math.min(maximum, 2 ** 31) });
      return fc.double({
        min: minimum,
        max: maximum,
        minExcluded: exclusiveMinimum,
        maxExcluded: exclusiveMaximum,
        noNaN: true,
        noDefaultInfinity: true,
      });
    }
    case 'choice':
      return fc.constantFrom(...setting.options.map(({ value }) => value));
    case 'switch':
      return fc.boolean();
    default:
      return setting.path === 'data.dialect.delimiter' || setting.path === 'data.dialect.quote'
        ? fc.constantFrom(',', ';', '\t', '|', ' ', '"', "'", '-')
        : text;
  }
}

/** Names and other texts, often with characters that options treat as separators. */
const text = fc
  .string({ unit: fc.constantFrom('a', 'B', 'é', '0', '-', ' ', '"', ',', '='), minLength: 1, maxLength: 5 })
  .filter((some) => some.trim() === some);

/** Settings of a group by name; any of them may keep its default. */
const group = (described: readonly DescribedSetting[]): fc.Arbitrary<Record<string, unknown>> =>
  fc.record(Object.fromEntries(described.map((setting) => [setting.name, valueOf(setting)])), { requiredKeys: [] });

const within = (part: string): DescribedSetting[] =>
  settings.filter((setting) => setting.path === `${part}.${setting.name}` && setting.kind !== 'custom');

/** A union: one of its variants with its settings. */
function union(part: string): fc.Arbitrary<Record<string, unknown>> {
  const all = within(part);
  const chooser = all.map((setting) => chooserOf(setting, settings)).find((found) => found !== undefined);
  if (chooser?.kind !== 'choice') throw new Error(`${part} is not a union.`);
  return fc.oneof(
    ...chooser.options.map(({ value: id }) => {
      const own = all.filter(({ path, when }) => path !== chooser.path && (when?.is.includes(id) ?? true));
      // A setting without a default cannot be left out.
      const required = own.filter((setting) => setting.default === undefined);
      return fc.tuple(group(own), fc.tuple(...required.map(valueOf))).map(([some, values]) => ({
        ...Object.fromEntries(required.map(({ name }, i) => [name, values[i]])),
        ...some,
        [chooser.name]: id,
      }));
    }),
  );
}

const column: fc.Arbitrary<ColumnSettings> = fc.oneof(
  fc.constantFrom<ColumnSettings>({ role: 'target' }, { role: 'ignore' }, { role: 'input' }),
  fc
    .array(text, { minLength: 1, maxLength: 3 })
    .map((order) => ({ role: 'input', encoding: 'ordinal', order }) as const),
);
const method = fc.oneof(
  fc.constant({ id: 'auto', settings: {} }),
  ...describeMethods().map(({ id, fields }) => fc.record({ id: fc.constant(id), settings: group(fields) })),
);
const activation = fc.constantFrom(...activationSchema.options);

const configurations: fc.Arbitrary<RunConfiguration> = fc
  .record({
    data: fc
      .record({
        plain: group(within('data').filter(({ name }) => name !== 'source')),
        dialect: group(within('data.dialect')),
        split: union('data.split'),
        scaling: group(within('data.scaling')),
        columns: fc.dictionary(text, column, { maxKeys: 3, noNullPrototype: true }),
      })
      .map(({ plain, ...data }) => ({ ...plain, ...data })),
    network: fc
      .record({
        plain: group(within('network')),
        hidden: fc.oneof(fc.constant<'auto'>('auto'), fc.array(fc.integer({ min: 1, max: 65_536 }), { maxLength: 3 })),
        activation: fc.oneof(activation, fc.array(activation, { maxLength: 3 })),
      })
      .map(({ plain, ...network }) => ({ ...plain, ...network })),
    constraint: fc.record({
      method,
      epsilon: fc.oneof(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.dictionary(text, fc.double({ noNaN: true, noDefaultInfinity: true }), { maxKeys: 3, noNullPrototype: true }),
      ),
    }),
    training: fc
      .record({
        plain: group(within('training')),
        optimizer: union('training.optimizer'),
        schedule: union('training.schedule'),
      })
      // A power that does not apply has no option.
      .map(({ plain: { tweediePower, ...plain }, ...training }) => ({
        ...plain,
        ...(plain.loss === 'tweedie' && tweediePower !== undefined ? { tweediePower } : {}),
        ...training,
      })),
    runtime: group(within('runtime')),
  })
  .map(({ data, ...rest }) =>
    runConfigurationSchema.parse({ data: { source: { kind: 'sample', id: 'ink' }, ...data }, ...rest }),
  );

/** The configuration that the command line makes from options if the sample recommends `base`. */
async function describedBy(words: readonly string[], base: RunConfiguration): Promise<RunConfiguration> {
  const command = addConfigurationOptions(new Command()).exitOverride();
  const options = command.parse(words, { from: 'user' }).opts<ConfigurationOptions>();
  const answers: Record<string, unknown> = { sampleConfiguration: base, methods: describeMethods() };
  const engine = { call: (name: string) => Promise.resolve(answers[name]) } as unknown as Engine;
  return (await describeRun(engine, options)).configuration;
}

/** -0 is written as 0. */
const plain = (configuration: RunConfiguration): unknown => JSON.parse(JSON.stringify(configuration));

const somePart = fc.constantFrom('data', 'network', 'constraint', 'training', 'runtime');

test('a configuration written as options and read again is the same, from any starting configuration', async () => {
  let expressed = 0;
  await fc.assert(
    fc.asyncProperty(configurations, configurations, somePart, async (configuration, other, part) => {
      // They differ in one part: two whole ones nearly always have a difference that no option can express.
      const base = { ...configuration, [part]: other[part] };
      const options = repeatOptions(configuration, base, settings);
      if (options === undefined) return;
      expressed++;
      expect(plain(await describedBy(options.flat(), base))).toEqual(plain(configuration));
    }),
    { numRuns: 150 },
  );
  expect(expressed).toBeGreaterThan(20);
});

/** Whether a configuration holds a value that no option can express, even from the defaults. */
function inexpressible({ data, network, constraint }: RunConfiguration): boolean {
  const columns = Object.entries(data.columns);
  const bounds = typeof constraint.epsilon === 'number' ? undefined : Object.keys(constraint.epsilon);
  const names = columns.flatMap(([name, { order = [] }]) => [name, ...order]).concat(bounds ?? []);
  return (
    names.some((name) => /[,=]/.test(name)) ||
    columns.some(([, { role, order }]) => role === 'input' && order === undefined) ||
    (typeof network.activation !== 'string' && network.activation.length < 2) ||
    bounds?.length === 0
  );
}

test('options express every configuration from the defaults, except for names with a comma and similar', async () => {
  const base = runConfigurationSchema.parse({ data: { source: { kind: 'sample', id: 'ink' } } });
  await fc.assert(
    fc.asyncProperty(
      configurations.filter((configuration) => !inexpressible(configuration)),
      async (configuration) => {
        const options = repeatOptions(configuration, base, settings);
        expect(options).toBeDefined();
        expect(plain(await describedBy((options ?? []).flat(), base))).toEqual(plain(configuration));
      },
    ),
    { numRuns: 150 },
  );
});

test('an option that does nothing with the chosen loss is refused, and the loss that it needs is named', async () => {
  const base = runConfigurationSchema.parse({ data: { source: { kind: 'sample', id: 'ink' } } });
  await expect(describedBy(['--sample', 'ink', '--tweedie-power', '1.2'], base)).rejects.toThrow(
    '--tweedie-power works only with --loss tweedie.',
  );
  const tweedie = await describedBy(['--sample', 'ink', '--loss', 'tweedie', '--tweedie-power', '1.2'], base);
  expect(tweedie.training).toEqual({ ...base.training, loss: 'tweedie', tweediePower: 1.2 });
  // The power of a loss that is no longer chosen is forgotten, and the rest of the training stays.
  expect((await describedBy(['--sample', 'ink', '--loss', 'huber'], tweedie)).training).toEqual({
    ...base.training,
    loss: 'huber',
  });
});
