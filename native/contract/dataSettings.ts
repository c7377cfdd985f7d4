import { z } from 'zod';
import { automaticChoice, choiceOf, type Choosable } from './describedSetting.ts';

/** The settings of a run's data: its source, how it is read, and how its columns and rows are used. */

export const columnRoles = { input: { title: 'Input' }, target: { title: 'Target' }, ignore: { title: 'Ignore' } };
export const columnRoleSchema = choiceOf(columnRoles);
export type ColumnRole = z.infer<typeof columnRoleSchema>;

/** How a categorical input becomes numbers. */
export const encodings = { 'one-hot': { title: 'One-hot' }, ordinal: { title: 'Ordered' } };
export type Encoding = keyof typeof encodings;

/** The use of one column. A column that is not listed gets the role that the inspection of the file suggests. */
export const columnSettingsSchema = z.strictObject({
  role: columnRoleSchema,
  /** Only for categorical inputs; one-hot unless an order is given. */
  encoding: choiceOf(encodings).optional(),
  /** The categories from lowest to highest, for ordinal encoding: they become 0, 1, 2, ... */
  order: z.array(z.string()).optional(),
});
export type ColumnSettings = z.infer<typeof columnSettingsSchema>;

/** The usual delimiters; any other character is allowed too. */
export const delimiters = {
  ',': { title: 'Comma' },
  ';': { title: 'Semicolon' },
  '\t': { title: 'Tab' },
  '|': { title: 'Bar' },
  ' ': { title: 'Space' },
};

/** The usual quotes. */
export const quotes = { '"': { title: 'Double' }, "'": { title: 'Single' }, '': { title: 'None' } };

/** Character encodings of a file. */
export const characterEncodings = {
  'utf-8': { title: 'UTF-8' },
  'utf-16': { title: 'UTF-16' },
  'latin-1': { title: 'Latin-1' },
};

/** How a delimited text file is read. A setting that is left out is detected in the file. */
export const dialectSchema = z.strictObject({
  delimiter: z.string().length(1).optional().meta({
    title: 'Delimiter',
    description: 'the character between two values; "\\t" for a tab',
    flag: '--delimiter <character>',
    choices: delimiters,
  }),
  quote: z.string().max(1).optional().meta({
    title: 'Quote',
    description: 'the character around a text',
    flag: '--quote <character>',
    choices: quotes,
  }),
  header: z.boolean().optional().meta({
    title: 'First line names the columns',
    description: 'the first line holds the names of the columns',
    flag: '--header',
    opposite: 'the first line is data; the columns are called c0, c1, ...',
  }),
  decimalComma: z.boolean().optional().meta({
    title: 'Decimal comma',
    description: 'numbers have a decimal comma: 1,5',
    flag: '--decimal-comma',
    opposite: 'numbers have a decimal point: 1.5',
  }),
  encoding: choiceOf(characterEncodings).optional().meta({
    title: 'Characters',
    description: 'encoding of the characters',
    flag: '--encoding <name>',
  }),
});
export type Dialect = z.infer<typeof dialectSchema>;

export const dataSourceSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('sample'), id: z.string().min(1) }),
    z.strictObject({ kind: z.literal('file'), path: z.string().min(1) }),
  ])
  .meta({ title: 'Data', description: 'the table', flag: '--sample, --data' });
export type DataSource = z.infer<typeof dataSourceSchema>;

const share = z.number().min(0).max(1);

export const splitSchema = z
  .discriminatedUnion('by', [
    /** By a column whose values are `train`, `validation` (or `valid`, `val`) and `test`. */
    z.strictObject({
      by: z.literal('column'),
      column: z.string().min(1).meta({
        title: 'Column',
        description: 'column that holds train, validation or test for each row',
        flag: '--split-column <name>',
      }),
    }),
    /** By shares of the rows, drawn with a seed. The rows left after validation and test are for training. */
    z.strictObject({
      by: z.literal('seed'),
      validation: share.default(0.1).meta({
        title: 'Validation',
        description: 'share of the rows that choose the best epoch',
        flag: '--validation <share>',
      }),
      test: share.default(0.1).meta({
        title: 'Test',
        description: 'share of the rows that training never sees',
        flag: '--test <share>',
      }),
      seed: z.int().min(0).default(0).meta({
        title: 'Seed',
        description: 'seed that draws the split',
        flag: '--split-seed <seed>',
      }),
    }),
  ])
  .meta({ title: 'Split by', description: 'how rows are assigned to training, validation and test', help: '' });
export type SplitSettings = z.infer<typeof splitSchema>;

export const splitKinds: Record<SplitSettings['by'], Choosable> = {
  seed: { title: 'Split by seed' },
  column: { title: 'By column' },
};

/** Treatment of rows with a missing input. A category with an order counts as a number: its place in the order. */
export const missingValues = {
  drop: { title: 'Leave them out', help: 'A row with any missing input is left out.' },
  median: {
    title: 'Fill in the training median',
    help: 'A missing number becomes the training median; a missing category is none of the known ones.',
  },
  'own-category': {
    title: 'Own category, or left out',
    help: 'A missing category is a category of its own; a row with a missing number is left out.',
  },
  'median-own-category': {
    title: 'Own category, or the median',
    help: 'A missing category is a category of its own; a missing number becomes the training median.',
  },
};

export const inputScalings = {
  standard: { title: 'Mean 0, deviation 1' },
  'min-max': { title: 'From 0 to 1' },
  none: { title: 'As they are' },
};

/** Targets are divided by their standard deviation, never shifted, so that positive stays positive. */
export const targetScalings = {
  'standard-deviation': { title: 'Divided by their deviation' },
  none: { title: 'As they are' },
};

export const dataSettingsSchema = z.strictObject({
  source: dataSourceSchema,
  dialect: dialectSchema.default({}),
  skipBadRows: z.boolean().default(false).meta({
    title: 'Leave out rows that cannot be read',
    description: 'leave out (and report) rows that cannot be read, instead of refusing the file',
    flag: '--skip-bad-rows',
  }),
  columns: z.record(z.string(), columnSettingsSchema).default({}).meta({
    title: 'Columns',
    description: 'how each column is used',
    flag: '--targets, --inputs, --ignore, --ordinal',
  }),
  missing: choiceOf({ auto: automaticChoice, ...missingValues })
    .default('auto')
    .meta({
      title: 'Rows with a missing input',
      description:
        'leaves out rows with a missing input, fills in the median of numbers, or makes a missing category one of its ' +
        'own, with rows without a number left out or filled in',
      flag: '--missing <how>',
    }),
  split: splitSchema.default({ by: 'seed', validation: 0.1, test: 0.1, seed: 0 }).meta({ choices: splitKinds }),
  scaling: z
    .strictObject({
      inputs: choiceOf(inputScalings).default('standard').meta({
        title: 'Inputs',
        description: 'scaling of the inputs',
        flag: '--input-scaling <how>',
      }),
      targets: choiceOf(targetScalings).default('standard-deviation').meta({
        title: 'Targets',
        description: 'scaling of the targets; never shifted, so that positive stays positive',
        help: true,
        flag: '--target-scaling <how>',
      }),
    })
    .default({ inputs: 'standard', targets: 'standard-deviation' }),
});
export type DataSettings = z.infer<typeof dataSettingsSchema>;
