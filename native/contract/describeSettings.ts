import { z } from 'zod';
import { runConfigurationSchema } from './configuration.ts';
import type { DescribedSetting } from './describedSetting.ts';

/** The only interpreter of settings' schemas. It reads the JSON Schema that Zod makes from them. */

/** The part of a JSON Schema that is read here, including the keys of `.meta()`. */
interface Node extends z.GlobalMeta {
  readonly type?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly oneOf?: readonly Node[];
  readonly anyOf?: readonly Node[];
}

/** A node's context: its path, the default of its group, and the option for settings that have none themselves. */
interface Place {
  readonly path: string;
  readonly default?: unknown;
  readonly flag?: string | undefined;
}

/**
 * Describes every setting of a schema that has a title, in the schema's order. The settings of a union's variants
 * follow the setting that chooses the variant; a setting that several variants describe alike is returned once.
 *
 * @param path - path of the settings in a run configuration; empty if the schema is that of a whole configuration
 * @param flag - option for settings that have none themselves: `--set <key=value>`
 */
export const describeSettings = (schema: z.ZodType, path = '', flag?: string): DescribedSetting[] =>
  describe(z.toJSONSchema(schema, { io: 'input' }) as Node, { path, flag });

/** The settings of a run configuration, without those of its method. */
export const describeConfiguration = (): DescribedSetting[] => describeSettings(runConfigurationSchema);

function describe(node: Node, place: Place): DescribedSetting[] {
  if (node.oneOf !== undefined && node.choices !== undefined) return describeUnion(node, node.oneOf, place);
  if (node.properties !== undefined) return describeProperties(node.properties, { ...place, default: node.default });
  return node.title === undefined ? [] : [describeOne(node, place)];
}

function describeProperties(properties: Readonly<Record<string, Node>>, place: Place): DescribedSetting[] {
  const defaults = (place.default ?? {}) as Readonly<Record<string, unknown>>;
  return Object.entries(properties).flatMap(([name, node]) =>
    describe(node, {
      path: place.path === '' ? name : `${place.path}.${name}`,
      default: defaults[name],
      flag: place.flag,
    }),
  );
}

function describeUnion(union: Node, variants: readonly Node[], place: Place): DescribedSetting[] {
  const key = Object.entries(variants[0]?.properties ?? {}).find(([, node]) => node.const !== undefined)?.[0] ?? '';
  const path = `${place.path}.${key}`;
  const id = (variant: Node): string => variant.properties?.[key]?.const ?? '';
  const chooser: DescribedSetting = {
    ...describeOne(
      { ...union, enum: variants.map(id) },
      { path, default: (union.default as Readonly<Record<string, unknown>> | undefined)?.[key] },
    ),
    choosesVariant: true,
  };
  const described = new Map<string, { setting: DescribedSetting; is: string[] }>();
  for (const variant of variants) {
    for (const setting of describe({ ...variant }, { path: place.path, flag: union.settings?.flag })) {
      const same = described.get(JSON.stringify(setting));
      if (same === undefined) described.set(JSON.stringify(setting), { setting, is: [id(variant)] });
      else same.is.push(id(variant));
    }
  }
  const settings = [...described.values()].map(({ setting, is }) =>
    is.length === variants.length ? setting : { ...setting, when: { path, is } },
  );
  if (union.settings === undefined) return [chooser, ...settings];
  const whole = { title: `Settings of the ${place.path.split('.').at(-1) ?? ''}`, ...union.settings };
  return [chooser, ...settings, describeOne(whole, { path: place.path })];
}

/** The node without the alternative `auto`, which its default says. */
function withoutAuto(node: Node): Node {
  const [values, auto] = node.anyOf ?? [];
  return auto?.const === 'auto' ? { ...values, ...node } : node;
}

function describeOne(given: Node, place: Place): DescribedSetting {
  const node = withoutAuto(given);
  const { title = '', description = '', unit, opposite, changeable = false, choices = {}, when } = node;
  const [flag, argument] = (node.flag ?? place.flag)?.split(' <') ?? [];
  const common = {
    path: place.path,
    name: place.path.split('.').at(-1) ?? '',
    title,
    description,
    help: helpOf(node),
    changeable,
    ...(unit === undefined ? {} : { unit }),
    ...(opposite === undefined ? {} : { opposite }),
    ...(when === undefined ? {} : { when: { path: when.path, is: [...when.is] } }),
    ...(flag === undefined ? {} : { flag }),
    ...(argument === undefined ? {} : { argument: argument.replace('>', '') }),
  };
  const fallback = place.default ?? node.default;
  const byDefault = fallback === undefined ? {} : { default: fallback as never };
  const options = Object.entries(choices).map(([value, choice]) => ({ value, ...choice }));
  if (node.enum !== undefined) {
    const titled = options.length > 0 ? options : node.enum.map((value) => ({ value, title: value }));
    return { ...common, ...byDefault, kind: 'choice', options: titled };
  }
  switch (node.type) {
    case 'number':
    case 'integer':
      return { ...common, ...byDefault, ...range(node), kind: 'number', integer: node.type === 'integer' };
    case 'boolean':
      return { ...common, ...byDefault, kind: 'switch' };
    case 'string':
      return { ...common, ...byDefault, kind: 'text', options };
    default:
      return { ...common, ...byDefault, kind: 'custom' };
  }
}

function helpOf({ help, description = '', flag }: Node): string {
  if (help === true) return `${description.charAt(0).toUpperCase()}${description.slice(1)}.`;
  return help ?? (flag === undefined ? description : '');
}

/** The limits of a number, without those that only mean "a safe integer". */
function range({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Node): {
  minimum?: number;
  maximum?: number;
  exclusiveMinimum: boolean;
  exclusiveMaximum: boolean;
} {
  const least = exclusiveMinimum ?? minimum;
  const most = exclusiveMaximum ?? maximum;
  return {
    ...(least === undefined || least === Number.MIN_SAFE_INTEGER ? {} : { minimum: least }),
    ...(most === undefined || most === Number.MAX_SAFE_INTEGER ? {} : { maximum: most }),
    exclusiveMinimum: exclusiveMinimum !== undefined,
    exclusiveMaximum: exclusiveMaximum !== undefined,
  };
}
