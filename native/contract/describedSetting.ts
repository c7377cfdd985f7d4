import { z } from 'zod';

/**
 * Settings as plain data. A schema declares everything about a setting once, in `.meta({ ... })`. describeSettings.ts
 * converts schemas to the types below; forms, command-line options, hints and tables are made from these.
 */

/** The texts of one choice; its id is its key in the record of choices. */
export interface Choosable {
  readonly title: string;
  readonly help?: string;
}

declare module 'zod' {
  /** Metadata of a setting, in addition to Zod's `title` and `description`. */
  interface GlobalMeta {
    /**
     * Text beside the control in the window; `true`: the description as a sentence. Without it, only a setting that has
     * no option itself shows its description there.
     */
    help?: string | true;
    unit?: string;
    /** Option of the command line with its argument, as in `--batch <rows>`. */
    flag?: string;
    /** Help of a switch's `--no-` option, if that option differs from leaving the switch out. */
    opposite?: string;
    /** The setting may change while a run is paused. */
    changeable?: boolean;
    /** The choices by id. On a union: its variants. */
    choices?: Readonly<Record<string, Choosable>>;
    /** The setting has a meaning only if the setting at this path has one of these values. */
    when?: { readonly path: string; readonly is: readonly string[] };
    /** On a union: the option that takes the variants' settings that have no option themselves. */
    settings?: { readonly flag: string; readonly description: string };
  }
}

/** A schema that accepts the keys of `choices`. */
export const choiceOf = <Id extends string>(
  choices: Readonly<Record<Id, Choosable>>,
): z.ZodEnum<{ [Key in Id]: Key }> => z.enum(Object.keys(choices) as [Id, ...Id[]]).meta({ choices });

/** A schema that also accepts `auto`, its default: the value is then chosen for the table when a run starts. */
export const automatic = <Schema extends z.ZodType>(
  schema: Schema,
): z.ZodDefault<z.ZodUnion<readonly [Schema, z.ZodLiteral<'auto'>]>> =>
  z.union([schema, z.literal('auto')]).default('auto' as never);

/** The choice `auto` of a setting with choices. */
export const automaticChoice: Choosable = { title: 'Automatic' };

/** Whether a setting accepts `auto`: it is then the default. */
export const isAutomatic = (setting: DescribedSetting): boolean => setting.default === 'auto';

const optionsSchema = z.array(z.object({ value: z.string(), title: z.string(), help: z.string().optional() }));

const common = {
  /** Path in a run configuration: `training.optimizer.learningRate`. */
  path: z.string(),
  /** The last part of the path. */
  name: z.string(),
  title: z.string(),
  /** A phrase that explains the setting. */
  description: z.string(),
  /** Text beside the control in the window; may be empty. */
  help: z.string(),
  unit: z.string().optional(),
  /** `--batch`; for a setting written as `name=value`, the option that takes it: `--set`. */
  flag: z.string().optional(),
  /** Name of the flag's argument in its help: `rows`. A switch has none. */
  argument: z.string().optional(),
  /** Help of the `--no-` option, for a switch that has one. */
  opposite: z.string().optional(),
  /** The setting may change while a run is paused. */
  changeable: z.boolean(),
  /** The setting applies only if the setting at this path has one of these values. */
  when: z.object({ path: z.string(), is: z.array(z.string()) }).optional(),
  /** The setting chooses the variant of a union; a variant's settings exist only with it. */
  choosesVariant: z.literal(true).optional(),
};

/** One setting. A setting without `default` may be left out; its value is then found in the data. */
export const describedSettingSchema = z.discriminatedUnion('kind', [
  z.object({
    ...common,
    kind: z.literal('number'),
    default: z.union([z.number(), z.literal('auto')]).optional(),
    integer: z.boolean(),
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    /** Whether the limit itself is out of range. */
    exclusiveMinimum: z.boolean(),
    exclusiveMaximum: z.boolean(),
  }),
  z.object({ ...common, kind: z.literal('choice'), default: z.string().optional(), options: optionsSchema }),
  z.object({ ...common, kind: z.literal('switch'), default: z.boolean().optional() }),
  /** `options` are frequent values; any other text is valid too. */
  z.object({ ...common, kind: z.literal('text'), default: z.string().optional(), options: optionsSchema }),
  /** A list, a group or a union; each form has a special control for it. */
  z.object({ ...common, kind: z.literal('custom'), default: z.unknown().optional() }),
]);
export type DescribedSetting = z.infer<typeof describedSettingSchema>;
export type NumberSetting = Extract<DescribedSetting, { kind: 'number' }>;
export type ChoiceSetting = Extract<DescribedSetting, { kind: 'choice' }>;
export type SwitchSetting = Extract<DescribedSetting, { kind: 'switch' }>;
export type TextSetting = Extract<DescribedSetting, { kind: 'text' }>;

/** The value at a path of a document; undefined if the path does not exist. */
export const valueAt = (document: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>((inner, key) => (inner as Readonly<Record<string, unknown>> | undefined)?.[key], document);

/** The path of the group that contains a setting; empty at the top of the document. */
export const groupOf = ({ path }: Pick<DescribedSetting, 'path'>): string =>
  path.slice(0, Math.max(0, path.lastIndexOf('.')));

/** Sets the value at a path of a document, in which the group around it exists. */
export function setAt(document: unknown, path: string, value: unknown): void {
  const group = groupOf({ path });
  const inner = group === '' ? document : valueAt(document, group);
  (inner as Record<string, unknown>)[path.slice(path.lastIndexOf('.') + 1)] = value;
}

/** Whether this setting applies in a configuration, given what the configuration chooses. */
export const applies = ({ when }: DescribedSetting, configuration: unknown): boolean =>
  when === undefined || when.is.some((value) => value === valueAt(configuration, when.path));

/** The setting that chooses the variant, for a setting of a union's variant; undefined for any other. */
export const chooserOf = (
  setting: DescribedSetting,
  settings: readonly DescribedSetting[],
): DescribedSetting | undefined =>
  settings.find((other) => other !== setting && other.choosesVariant === true && groupOf(other) === groupOf(setting));
