import { z } from 'zod';

/**
 * Settings as plain data. A schema says everything about a setting once, in `.meta({ ... })`; describeSettings.ts turns
 * schemas into what is declared here, from which forms, command-line options, hints and tables are made.
 */

/** Something that can be chosen, as people read it; its id is the key of the record it stands in. */
export interface Choosable {
  readonly title: string;
  readonly help?: string;
}

declare module 'zod' {
  /** What a setting's schema says of it beside zod's own `title` and `description`. */
  interface GlobalMeta {
    /** Text beside its control in the window, where that is not the description. */
    help?: string;
    unit?: string;
    /** Option of the command line with its argument, as in `--batch <rows>`. */
    flag?: string;
    /** Of a switch: what its option with `--no-` says, where that is more than leaving it out. */
    opposite?: string;
    /** May change while a run is paused. */
    changeable?: boolean;
    /** Titles of what can be chosen. On a union: of its variants. */
    choices?: Readonly<Record<string, Choosable>>;
    /** On a union: the option for settings of its variants that have none of their own. */
    settings?: { readonly flag: string; readonly description: string };
  }
}

/** A schema for one of the record's keys. */
export const choiceOf = <Id extends string>(
  choices: Readonly<Record<Id, Choosable>>,
): z.ZodEnum<{ [Key in Id]: Key }> => z.enum(Object.keys(choices) as [Id, ...Id[]]).meta({ choices });

const optionsSchema = z.array(z.object({ value: z.string(), title: z.string(), help: z.string().optional() }));

const common = {
  /** Where it stands in a run configuration: `training.optimizer.learningRate`. */
  path: z.string(),
  /** The last part of the path. */
  name: z.string(),
  title: z.string(),
  /** A phrase that says what it is. */
  description: z.string(),
  /** Text beside its control; may be empty. */
  help: z.string(),
  unit: z.string().optional(),
  /** `--batch`; of settings written as `name=value` the option that takes them: `--set`. */
  flag: z.string().optional(),
  /** What the flag takes, for its help: `rows`. None: a switch. */
  argument: z.string().optional(),
  /** Of a switch that has an option with `--no-` as well: what that one says. */
  opposite: z.string().optional(),
  /** May change while a run is paused. */
  changeable: z.boolean(),
  /** It exists only where the setting at this path has one of these values. */
  when: z.object({ path: z.string(), is: z.array(z.string()) }).optional(),
};

/** One setting. One without `default` may be left out: what it is then is found in the data. */
export const describedSettingSchema = z.discriminatedUnion('kind', [
  z.object({
    ...common,
    kind: z.literal('number'),
    default: z.number().optional(),
    integer: z.boolean(),
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    /** Whether the minimum or maximum itself is out of range. */
    exclusiveMinimum: z.boolean(),
    exclusiveMaximum: z.boolean(),
  }),
  z.object({ ...common, kind: z.literal('choice'), default: z.string().optional(), options: optionsSchema }),
  z.object({ ...common, kind: z.literal('switch'), default: z.boolean().optional() }),
  /** `options` are frequent values; any other text is one, too. */
  z.object({ ...common, kind: z.literal('text'), default: z.string().optional(), options: optionsSchema }),
  /** A list, a group or a union, for which every form has a control of its own. */
  z.object({ ...common, kind: z.literal('custom'), default: z.unknown().optional() }),
]);
export type DescribedSetting = z.infer<typeof describedSettingSchema>;
export type NumberSetting = Extract<DescribedSetting, { kind: 'number' }>;
export type ChoiceSetting = Extract<DescribedSetting, { kind: 'choice' }>;
export type SwitchSetting = Extract<DescribedSetting, { kind: 'switch' }>;
export type TextSetting = Extract<DescribedSetting, { kind: 'text' }>;

/** What a document holds at a path; undefined where that is not there. */
export const valueAt = (document: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>((inner, key) => (inner as Readonly<Record<string, unknown>> | undefined)?.[key], document);

/** The path of the group that a setting stands in. */
export const groupOf = ({ path }: Pick<DescribedSetting, 'path'>): string => path.slice(0, path.lastIndexOf('.'));

/** Whether a configuration has this setting. */
export const applies = ({ when }: DescribedSetting, configuration: unknown): boolean =>
  when === undefined || when.is.some((value) => value === valueAt(configuration, when.path));

/** Of a setting of a union's variants: the setting that chooses the variant. */
export const chooserOf = (
  setting: DescribedSetting,
  settings: readonly DescribedSetting[],
): DescribedSetting | undefined =>
  settings.find(
    (other) =>
      other !== setting &&
      groupOf(other) === groupOf(setting) &&
      settings.some(({ when }) => when?.path === other.path),
  );
