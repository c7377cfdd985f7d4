import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import type { RunConfiguration } from '../../contract/configuration.ts';
import { OrthantError } from '../../contract/errors.ts';
import { Engine, withEngine } from '../client.ts';
import { addCommonOptions, engineOptions, type CommonOptions } from '../commonOptions.ts';
import { describeRun, type Described } from '../configuration.ts';
import { addConfigurationOptions, type ConfigurationOptions } from '../configurationOptions.ts';
import { note } from '../format.ts';
import { showResult } from '../result.ts';
import { watchRun } from '../watchRun.ts';

interface TrainOptions extends ConfigurationOptions, CommonOptions {
  out?: string;
  saveConfig?: string;
}

export function addTrain(program: Command): void {
  const command = program.command('train').description('train a network on a table, and export it');
  addConfigurationOptions(command);
  command
    .optionsGroup('Output:')
    .option('--out <folder>', 'the run folder, new or empty (one in ~/Orthant/runs, or where ORTHANT_RUNS says)')
    .option('--save-config <file>', 'write the whole configuration to a document (*.orthant) as well');
  addCommonOptions(command, [
    'train --sample ink --method augmented-lagrangian --hidden 784,784 --epochs 8 --seed 1',
    'train --sample ink --method penalty --set alpha=10',
    'train --data prices.csv --targets price --epsilon 1 --method non-negative-last-layer',
    'train --data plant.parquet --targets so2,nox --epsilon so2=0.1,nox=0 --batch 256',
    'train --config study.orthant --seed 2 --out runs/second --json',
    'train --config runs/second --out runs/third   (repeats a run)',
  ]).action(train);
}

async function train(options: TrainOptions): Promise<void> {
  const { described, environment } = await withEngine('data', engineOptions(options), async (engine) => {
    const described = await describeRun(engine, options);
    const { configuration } = described;
    // Told here, before a file is read or a library loaded; while training the engine tells them again with the rest.
    await engine.call('check', { configuration });
    return { described, environment: await engine.call('trainEnvironment', configuration.runtime) };
  });
  if (options.saveConfig !== undefined) saveConfiguration(options.saveConfig, described.configuration);
  const result = await withEngine('train', { ...engineOptions(options), environment }, (engine) =>
    watchRun(engine, () => start(engine, described, options.out)),
  );
  showResult(result, options.json === true);
}

function start(
  engine: Engine,
  { configuration, changes }: Described,
  out: string | undefined,
): Promise<{ run: string }> {
  return engine.call('start', {
    configuration,
    changes: [...changes],
    ...(out === undefined ? {} : { out: path.resolve(out) }),
  });
}

function saveConfiguration(file: string, configuration: RunConfiguration): void {
  try {
    writeFileSync(file, `${JSON.stringify(configuration, null, 2)}\n`);
  } catch (error) {
    throw new OrthantError('file', `Cannot write the configuration ${file}: ${(error as Error).message}.`, {
      cause: error,
    });
  }
  note(`Configuration: ${path.resolve(file)}`);
}
