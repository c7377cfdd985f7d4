import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { constraintMethods } from '../constraints/registry.ts';
import { createProgram } from '../cli/cliProgram.ts';
import {
  optimizers,
  optimizerSchema,
  runConfigurationSchema,
  scheduleSchema,
  schedules,
  splitKinds,
  splitSchema,
  type OptimizerSettings,
} from './configuration.ts';
import { describeConfiguration, describeSettings } from './describeSettings.ts';
import {
  automatic,
  choiceOf,
  describedSettingSchema,
  type Choosable,
  type DescribedSetting,
} from './describedSetting.ts';

const sizes = { small: { title: 'Small' }, large: { title: 'Large', help: 'Takes longer.' } };
const schema = z.strictObject({
  version: z.literal(1).default(1),
  rate: z.number().gt(0).max(1).default(0.5).meta({ title: 'Rate', description: 'how fast', flag: '--rate <share>' }),
  group: z
    .strictObject({
      rows: z.int().min(0).default(7).meta({ title: 'Rows', help: 'All by 0.', unit: 'rows', changeable: true }),
      size: choiceOf(sizes).meta({ title: 'Size', description: 'how large' }),
    })
    .default({ rows: 7, size: 'large' }),
  header: z.boolean().optional().meta({ title: 'Header', description: 'names first', help: true, flag: '--header' }),
  mark: z
    .string()
    .optional()
    .meta({ title: 'Mark', choices: { ',': { title: 'Comma' } } }),
  list: z.array(z.int()).default([1, 2]).meta({ title: 'List', flag: '--list <numbers>' }),
  passes: automatic(z.int().min(1).max(9)).meta({ title: 'Passes', flag: '--passes <number>' }),
  units: automatic(z.array(z.int())).meta({ title: 'Units' }),
  way: z
    .discriminatedUnion('id', [
      z.strictObject({ id: z.literal('a'), x: z.number().default(1).meta({ title: 'X' }) }),
      z.strictObject({ id: z.literal('b'), x: z.number().default(1).meta({ title: 'X' }) }),
      z.strictObject({
        id: z.literal('c'),
        x: z.number().default(3).meta({ title: 'X' }),
        y: z.boolean().default(true).meta({ title: 'Y', flag: '--y' }),
      }),
    ])
    .default({ id: 'b', x: 1 })
    .meta({
      title: 'Way',
      flag: '--way <name>',
      choices: { a: { title: 'A' }, b: { title: 'B' }, c: { title: 'C' } },
      settings: { flag: '--way-set <key=value>', description: 'a setting of the way' },
    }),
});
const described = describeSettings(schema);
const find = (path: string, settings = described): DescribedSetting[] =>
  settings.filter((setting) => setting.path === path);

describe('describeSettings', () => {
  it('describes a number with its range, its option and its texts', () => {
    expect(find('rate')).toEqual([
      {
        kind: 'number',
        path: 'rate',
        name: 'rate',
        title: 'Rate',
        description: 'how fast',
        help: '',
        flag: '--rate',
        argument: 'share',
        changeable: false,
        default: 0.5,
        integer: false,
        minimum: 0,
        maximum: 1,
        exclusiveMinimum: true,
        exclusiveMaximum: false,
      },
    ]);
  });

  it('reads the settings and defaults of a group, and no limit that only means "a safe integer"', () => {
    const [rows] = find('group.rows');
    expect(rows).toMatchObject({ name: 'rows', integer: true, minimum: 0, unit: 'rows', changeable: true, default: 7 });
    expect(rows).toMatchObject({ help: 'All by 0.', description: '' });
    expect(rows).not.toHaveProperty('maximum');
    expect(find('group.size')).toMatchObject([
      {
        kind: 'choice',
        help: 'how large',
        default: 'large',
        options: [
          { value: 'small', title: 'Small' },
          { value: 'large', title: 'Large', help: 'Takes longer.' },
        ],
      },
    ]);
  });

  it('leaves out a setting without a title, and the default of an optional setting', () => {
    expect(find('version')).toEqual([]);
    expect(find('header')).toMatchObject([{ kind: 'switch', flag: '--header', help: 'Names first.' }]);
    expect(find('header')[0]).not.toHaveProperty('default');
    expect(find('header')[0]).not.toHaveProperty('argument');
    expect(find('mark')).toMatchObject([{ kind: 'text', options: [{ value: ',', title: 'Comma' }] }]);
    expect(find('list')).toMatchObject([{ kind: 'custom', default: [1, 2], flag: '--list' }]);
  });

  it('describes a setting that takes auto as its other values, with auto as its default', () => {
    const [passes] = find('passes');
    expect(passes).toMatchObject({ kind: 'number', integer: true, minimum: 1, maximum: 9, default: 'auto' });
    expect(passes).toMatchObject({ title: 'Passes', flag: '--passes', argument: 'number' });
    expect(find('units')).toMatchObject([{ kind: 'custom', title: 'Units', default: 'auto' }]);
  });

  it('describes a union by the setting that chooses its variant, then the settings of the variants, each with its variants', () => {
    expect(described.slice(-5)).toMatchObject([
      { path: 'way.id', kind: 'choice', default: 'b', flag: '--way', title: 'Way' },
      { path: 'way.x', default: 1, flag: '--way-set', argument: 'key=value', when: { path: 'way.id', is: ['a', 'b'] } },
      { path: 'way.x', default: 3, when: { path: 'way.id', is: ['c'] } },
      { path: 'way.y', kind: 'switch', flag: '--y', when: { path: 'way.id', is: ['c'] } },
      { path: 'way', kind: 'custom', flag: '--way-set', description: 'a setting of the way' },
    ]);
  });

  it('describes a setting that applies only with some values of another, which chooses no variant', () => {
    const power = z.number().meta({ title: 'Power', when: { path: 'loss', is: ['b'] } });
    const [loss, described] = describeSettings(z.object({ loss: z.enum(['a', 'b']).meta({ title: 'Loss' }), power }));
    expect(described).toMatchObject({ path: 'power', when: { path: 'loss', is: ['b'] } });
    expect(loss).not.toHaveProperty('choosesVariant');
    expect(find('way.id')).toMatchObject([{ choosesVariant: true }]);
  });

  it('puts settings under a path, and gives those without an option the option of the path', () => {
    const [rate, rows] = describeSettings(schema, 'constraint.method.settings', '--set <key=value>');
    expect(rate).toMatchObject({ path: 'constraint.method.settings.rate', flag: '--rate' });
    expect(rows).toMatchObject({ path: 'constraint.method.settings.group.rows', flag: '--set' });
  });
});

const configuration = describeConfiguration();
const methodSettings = constraintMethods.flatMap(({ settings }) =>
  describeSettings(settings, 'constraint.method.settings', '--set <key=value>'),
);
/** Paths of everything that can be set in a schema, with all variants of unions. */
function leaves(node: z.core.JSONSchema.BaseSchema, path: string): string[] {
  const variants = node.oneOf ?? [node];
  return variants.flatMap((variant) =>
    Object.entries(variant.properties ?? {}).flatMap(([name, child]) => {
      const below = leaves(child as z.core.JSONSchema.BaseSchema, `${path}${name}.`);
      return below.length > 0 ? below : [`${path}${name}`];
    }),
  );
}

describe('the settings of a run configuration', () => {
  it('are all described, except for the version of the document', () => {
    const all = new Set(leaves(z.toJSONSchema(runConfigurationSchema, { io: 'input' }), ''));
    const missing = [...all].filter((path) => !configuration.some((setting) => setting.path === path));
    // The source of the data is one setting of a special kind.
    expect(missing).toEqual(['orthant', 'data.source.kind', 'data.source.id', 'data.source.path']);
    expect(find('data.source', configuration)).toHaveLength(1);
  });

  it('have a title, a description and an option each, those of methods too', () => {
    const bare = [...configuration, ...methodSettings].filter(
      ({ title, description, flag }) => title === '' || description === '' || flag === undefined,
    );
    // The options of a variant's settings choose the variant.
    expect(bare.map(({ path }) => path)).toEqual(['data.split.by']);
  });

  it('correspond one to one to the options of the command line', () => {
    const flags = new Set(configuration.flatMap(({ flag = '' }) => (flag === '' ? [] : flag.split(', '))));
    const train = createProgram().commands.find((command) => command.name() === 'train');
    const options = (train?.options ?? []).map(({ long }) => long ?? '').filter((long) => !long.startsWith('--no-'));
    const ofTheCommand = ['--config', '--out', '--save-config', '--json', '--debug'];
    expect(options.filter((option) => !ofTheCommand.includes(option)).toSorted()).toEqual([...flags].toSorted());
  });

  it('are plain data', () => {
    for (const setting of [...configuration, ...methodSettings]) {
      expect(describedSettingSchema.parse(JSON.parse(JSON.stringify(setting)))).toEqual(setting);
    }
  });

  it.each([
    ['training.optimizer.id', optimizers, optimizerSchema.options.map(({ shape }) => shape.id.value)],
    ['training.schedule.id', schedules, scheduleSchema.options.map(({ shape }) => shape.id.value)],
    ['data.split.by', splitKinds, splitSchema.options.map(({ shape }) => shape.by.value)],
  ])('%s: every variant can be chosen by its title', (path, choices, ids) => {
    const [chooser] = find(path, configuration);
    expect(chooser).toMatchObject({
      options: Object.entries(choices).map(([value, choice]) => ({ value, ...choice })),
    });
    expect(Object.keys(choices).toSorted()).toEqual(ids.toSorted());
  });

  it('have records of choices that must be complete to compile', () => {
    expectTypeOf<Omit<typeof optimizers, 'sgd'>>().not.toExtend<Record<OptimizerSettings['id'], Choosable>>();
    expectTypeOf(optimizers).toExtend<Record<OptimizerSettings['id'], Choosable>>();
  });
});
