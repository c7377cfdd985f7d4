import type { Command } from 'commander';
import type { z } from 'zod';
import { joined } from '../base/lists.ts';
import {
  activationSchema,
  initialiserSchema,
  lossSchema,
  optimizerSchema,
  runConfigurationSchema,
  scheduleSchema,
  type Activation,
  type Dialect,
} from '../contract/configuration.ts';
import { fileFormatTitles } from '../contract/fileFormats.ts';
import { choice, collect, names, number, oneOf, place, sizes, wholeNumber } from './parsers.ts';

/** Options that describe a run, as commander gives them. */
export interface ConfigurationOptions extends TableOptions {
  config?: string;
  name?: string;
  targets?: string[];
  inputs?: string[];
  ignore?: string[];
  ordinal?: string[];
  missing?: 'drop' | 'median';
  splitColumn?: string;
  validation?: number;
  test?: number;
  splitSeed?: number;
  inputScaling?: 'standard' | 'min-max' | 'none';
  targetScaling?: 'standard-deviation' | 'none';
  hidden?: number[];
  activation?: Activation[];
  initialiser?: z.infer<typeof initialiserSchema>;
  method?: string;
  set?: string[];
  epsilon?: string[];
  loss?: z.infer<typeof lossSchema>;
  optimizer?: string;
  learningRate?: number;
  optimizerSet?: string[];
  schedule?: string;
  scheduleSet?: string[];
  batch?: number;
  epochs?: number;
  clip?: number;
  weightDecay?: number;
  earlyStopping?: number;
  seed?: number;
  engine?: 'auto' | 'tensorflow' | 'wasm';
  device?: 'auto' | 'cpu' | 'gpu';
  deterministic?: boolean;
  execution?: 'auto' | 'xla' | 'graph' | 'eager';
}

/** Which table is read, and how. */
export interface TableOptions {
  sample?: string;
  data?: string;
  delimiter?: string;
  quote?: string;
  header?: boolean;
  decimalComma?: boolean;
  encoding?: 'utf-8' | 'utf-16' | 'latin-1';
  skipBadRows?: boolean;
}

const defaults = runConfigurationSchema.parse({ data: { source: { kind: 'sample', id: 'any' } } });
const { data, network, training } = defaults;
const idsOf = (schema: typeof optimizerSchema | typeof scheduleSchema): string[] =>
  schema.options.map((option) => option.shape.id.value);

/** How a table is read: options of every command that reads one. */
export function addDialectOptions(command: Command): Command {
  return command
    .optionsGroup('Reading the file (found in the file where left out):')
    .option('--delimiter <character>', 'what stands between two values; "\\t" for a tab')
    .option('--quote <character>', 'what encloses a text')
    .option('--header', 'the first line holds the names')
    .option('--no-header', 'there is no such line: columns are called c0, c1, ...')
    .option('--decimal-comma', '1,5 is one and a half')
    .addOption(choice('--encoding <name>', 'how characters are stored', ['utf-8', 'utf-16', 'latin-1']))
    .option('--skip-bad-rows', 'leave out (and report) rows that cannot be read, instead of refusing the file');
}

/** What is given of a dialect. */
export function dialectOf({ delimiter, quote, header, decimalComma, encoding }: TableOptions): Dialect {
  return {
    ...(delimiter === undefined ? {} : { delimiter: delimiter === String.raw`\t` ? '\t' : delimiter }),
    ...(quote === undefined ? {} : { quote }),
    ...(header === undefined ? {} : { header }),
    ...(decimalComma === undefined ? {} : { decimalComma }),
    ...(encoding === undefined ? {} : { encoding }),
  };
}

/** Engine and device: options of every command that trains. */
function addRuntimeOptions(command: Command): Command {
  return command
    .optionsGroup('Engine:')
    .addOption(choice('--engine <name>', 'what trains', ['auto', 'tensorflow', 'wasm']))
    .addOption(choice('--device <name>', 'where it trains', ['auto', 'cpu', 'gpu']))
    .option('--deterministic', 'on a GPU: the same numbers every time, slower (a CPU always gives them)')
    .addOption(choice('--execution <name>', 'how steps are carried out', ['auto', 'xla', 'graph', 'eager']));
}

/** All of a run configuration as options. */
export function addConfigurationOptions(command: Command): Command {
  command
    .optionsGroup('Data:')
    .option('--sample <id>', 'a sample that comes with Orthant, with its recommended configuration ("orthant samples")')
    .option('--data <file>', `${joined(fileFormatTitles(), 'or')}, also gzipped`, place)
    .option(
      '--config <file>',
      'a configuration document (*.orthant), or the folder of a run that is to be repeated',
      place,
    )
    .option('--targets <names>', 'columns to predict, separated by commas', names)
    .option('--inputs <names>', 'columns to predict from; all others are left out', names)
    .option('--ignore <names>', 'columns to leave out', names)
    .option(
      '--ordinal <column=a,b,c>',
      'categories of an input from lowest to highest, numbered 0, 1, 2 (repeatable)',
      collect,
    )
    .addOption(
      choice('--missing <how>', `rows with a missing input are dropped or filled with the median (${data.missing})`, [
        'drop',
        'median',
      ]),
    )
    .option('--split-column <name>', 'column that says train, validation or test')
    .option('--validation <share>', 'share of the rows to choose the best epoch by (0.1)', number)
    .option('--test <share>', 'share of the rows that training never sees (0.1)', number)
    .option('--split-seed <seed>', 'draws the split (0)', wholeNumber)
    .addOption(
      choice('--input-scaling <how>', `scaling of the inputs (${data.scaling.inputs})`, [
        'standard',
        'min-max',
        'none',
      ]),
    )
    .addOption(
      choice('--target-scaling <how>', `scaling of the targets, never shifted (${data.scaling.targets})`, [
        'standard-deviation',
        'none',
      ]),
    );
  addDialectOptions(command);
  command
    .optionsGroup('Network:')
    .option(
      '--hidden <sizes>',
      `units of the hidden layers, as in 784,784; "none" for none (${network.hidden.join(',')})`,
      sizes,
    )
    .option(
      '--activation <names>',
      `of the hidden layers, one for all or one each (relu): ${activationSchema.options.join(', ')}`,
      (text: string) => text.split(',').map((name) => oneOf(activationSchema.options)(name.trim())),
    )
    .addOption(
      choice(
        '--initialiser <name>',
        `how the first weights are drawn (${network.initialiser})`,
        initialiserSchema.options,
      ),
    )
    .optionsGroup('Constraint:')
    .option(
      '--method <id>',
      `what is done to keep outputs at or above the bound (${defaults.constraint.method.id}); "orthant methods" lists them`,
    )
    .option('--set <key=value>', 'a setting of the method (repeatable)', collect)
    .option(
      '--epsilon <bound>',
      "the bound in the target's own units (0); name=bound for one target (repeatable)",
      collect,
    )
    .optionsGroup('Training:')
    .addOption(choice('--loss <name>', `what is minimised (${training.loss})`, lossSchema.options))
    .addOption(
      choice('--optimizer <name>', `what moves the weights (${training.optimizer.id})`, idsOf(optimizerSchema)),
    )
    .option('--learning-rate <rate>', 'of the optimizer (0.001; sgd and momentum: 0.01)', number)
    .option(
      '--optimizer-set <key=value>',
      'another setting of the optimizer, as in momentum=0.95 (repeatable)',
      collect,
    )
    .addOption(choice('--schedule <name>', `of the learning rate (${training.schedule.id})`, idsOf(scheduleSchema)))
    .option('--schedule-set <key=value>', 'a setting of the schedule, as in warmUpSteps=100 (repeatable)', collect)
    .option('--batch <rows>', `rows in a step; 0 for all (${training.batchSize})`, wholeNumber)
    .option(
      '--epochs <number>',
      `times that all training rows are gone through (${training.epochs}; with --data, more where rows are few)`,
      wholeNumber,
    )
    .option('--clip <norm>', 'largest norm of the gradient; 0 for no limit (0)', number)
    .option('--weight-decay <rate>', 'pull of the weights towards zero (0)', number)
    .option('--early-stopping <epochs>', 'stop after so many epochs without a better one; 0 for never (0)', wholeNumber)
    .option('--seed <seed>', `draws the first weights and the order of the rows (${training.seed})`, wholeNumber)
    .option('--name <text>', 'of the run, for the list of runs');
  return addRuntimeOptions(command);
}
