import { z } from 'zod';
import { formatNumber } from './format.ts';

/** Form fields from the JSON Schema of a method's settings. */

const propertySchema = z.object({
  type: z.string().optional(),
  enum: z.array(z.union([z.string(), z.number()])).optional(),
  const: z.union([z.string(), z.number()]).optional(),
  anyOf: z.array(z.object({ const: z.union([z.string(), z.number()]).optional() })).optional(),
  default: z.unknown(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  exclusiveMaximum: z.number().optional(),
  title: z.string().optional(),
  description: z.string().optional(),
  unit: z.string().optional(),
  changeable: z.boolean().optional(),
});
const objectSchema = z.object({ properties: z.record(z.string(), propertySchema).default({}) });

interface CommonField {
  readonly name: string;
  readonly title: string;
  readonly help: string;
  readonly unit: string;
  /** May change while a run is paused. */
  readonly changeable: boolean;
}
export interface NumberField extends CommonField {
  readonly kind: 'number';
  readonly default: number;
  readonly integer: boolean;
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
  /** Whether the minimum or maximum itself is out of range. */
  readonly exclusiveMinimum: boolean;
  readonly exclusiveMaximum: boolean;
}
export interface ChoiceField extends CommonField {
  readonly kind: 'choice';
  readonly default: string;
  readonly options: readonly string[];
}
export interface SwitchField extends CommonField {
  readonly kind: 'switch';
  readonly default: boolean;
}
export interface TextField extends CommonField {
  readonly kind: 'text';
  readonly default: string;
}
export type SettingField = NumberField | ChoiceField | SwitchField | TextField;

// Zod writes the limits of safe integers into the schema of an int; they are no range for a person.
const ordinary = (limit: number | undefined): number | undefined =>
  limit === undefined || Math.abs(limit) >= Number.MAX_SAFE_INTEGER ? undefined : limit;

const spaced = (name: string): string => {
  const words = name.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** One field a property, in the schema's order. A property of a kind that has no control of its own becomes text. */
export function settingFields(schema: Record<string, unknown>): SettingField[] {
  const parsed = objectSchema.safeParse(schema);
  if (!parsed.success) return [];
  return Object.entries(parsed.data.properties).map(([name, property]) => {
    const common: CommonField = {
      name,
      title: property.title ?? spaced(name),
      help: property.description ?? '',
      unit: property.unit ?? '',
      changeable: property.changeable ?? false,
    };
    const options =
      property.enum ?? property.anyOf?.map((option) => option.const).filter((option) => option !== undefined);
    if (options !== undefined && options.length > 0) {
      return {
        ...common,
        kind: 'choice',
        options: options.map(String),
        default: typeof property.default === 'string' ? property.default : String(options[0]),
      };
    }
    if (property.type === 'number' || property.type === 'integer') {
      return {
        ...common,
        kind: 'number',
        integer: property.type === 'integer',
        default: typeof property.default === 'number' ? property.default : 0,
        minimum: ordinary(property.exclusiveMinimum ?? property.minimum),
        maximum: ordinary(property.exclusiveMaximum ?? property.maximum),
        exclusiveMinimum: property.exclusiveMinimum !== undefined,
        exclusiveMaximum: property.exclusiveMaximum !== undefined,
      };
    }
    if (property.type === 'boolean') return { ...common, kind: 'switch', default: property.default === true };
    return { ...common, kind: 'text', default: typeof property.default === 'string' ? property.default : '' };
  });
}

/** What a field holds in these settings, its default where they are silent. */
export function fieldValue<Field extends SettingField>(
  field: Field,
  settings: Record<string, unknown>,
): Field['default'] {
  const value = settings[field.name];
  return typeof value === typeof field.default ? (value as Field['default']) : field.default;
}

/** What is wrong with a number for a field, or nothing. */
export function numberProblem(
  value: number,
  range: Pick<NumberField, 'integer' | 'minimum' | 'maximum' | 'exclusiveMinimum' | 'exclusiveMaximum'>,
): string | undefined {
  if (!Number.isFinite(value)) return 'Enter a number.';
  if (range.integer && !Number.isInteger(value)) return 'Enter a whole number.';
  const { minimum, maximum } = range;
  if (minimum !== undefined && (range.exclusiveMinimum ? value <= minimum : value < minimum)) {
    return `Must be ${range.exclusiveMinimum ? 'more than' : 'at least'} ${formatNumber(minimum, 6)}.`;
  }
  if (maximum !== undefined && (range.exclusiveMaximum ? value >= maximum : value > maximum)) {
    return `Must be ${range.exclusiveMaximum ? 'less than' : 'at most'} ${formatNumber(maximum, 6)}.`;
  }
  return undefined;
}

/** The range of a field in words, for its help. */
export function rangeText(field: NumberField): string {
  const { minimum, maximum } = field;
  if (minimum === undefined && maximum === undefined) return '';
  const limit = (value: number | undefined, open: string, exclusive: boolean): string =>
    value === undefined ? '' : `${exclusive ? `${open} ` : ''}${formatNumber(value, 6)}`;
  const low = limit(minimum, 'more than', field.exclusiveMinimum);
  const high = limit(maximum, 'less than', field.exclusiveMaximum);
  if (maximum === undefined) return field.exclusiveMinimum ? low : `${low} or more`;
  if (minimum === undefined) return field.exclusiveMaximum ? high : `${high} or less`;
  if (field.exclusiveMinimum) return field.exclusiveMaximum ? `${low}, ${high}` : `${low}, up to ${high}`;
  return `${low} to ${high}`;
}

/** Reads a number as a person types it: a comma or a true minus sign will do. */
export function parseNumber(text: string): number {
  const plain = text
    .trim()
    .replaceAll('−', '-')
    .replace(/^(-?\d+),(\d+)$/, '$1.$2');
  return plain === '' ? Number.NaN : Number(plain);
}
