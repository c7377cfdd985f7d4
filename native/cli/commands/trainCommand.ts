import path from 'node:path';
import type { Command } from 'commander';
import type { RunConfiguration } from '../../contract/configuration.ts';
import { attempt } from '../../contract/fileErrors.ts';
import { writeFileAtomic } from '../../system/files.mjs';
import { closing, withEngine, type Engine } from '../client.ts';
import { addCommonOptions, engineOptions, type CommonOptions } from '../commonOptions.ts';
import { describeRun, runtimeOf, type Described } from '../runDescription.ts';
import { addConfigurationOptions, type ConfigurationOptions } from '../configurationOptions.ts';
import { note } from '../terminalText.ts';
import { place } from '../parsers.ts';
import { showResult } from '../result.ts';
import { trainEngine } from '../trainEngine.ts';
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
    .option(
      '--out <folder>',
      'the run folder, new or empty (one in ~/Orthant/runs, or in the folder ORTHANT_RUNS)',
      place,
    )
    .option('--save-config <file>', 'write the whole configuration to a document (*.orthant) as well', place);
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
  const result = await withEngine('data', engineOptions(options), async (data) => {
    const described = describeRun(data, options);
    // A document may choose another engine than the options.
    const runtime =
      options.config === undefined
        ? Promise.resolve(runtimeOf(options))
        : described.then(({ configuration }) => configuration.runtime);
    const early = trainEngine(data, runtime, engineOptions(options));
    // It may fail before it is awaited.
    early.catch(() => undefined);
    try {
      const { configuration, changes } = await described;
      // Report errors before a file is read; during training the engine reports the warnings with all others.
      await data.call('check', { configuration });
      if (options.saveConfig !== undefined) saveConfiguration(options.saveConfig, configuration);
      const engine = await early;
      data.close();
      return await closing(engine, (engine) =>
        watchRun(engine, () => start(engine, { configuration, changes }, options.out)),
      );
    } catch (error) {
      (await early.catch(() => undefined))?.kill();
      throw error;
    }
  });
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
  attempt(`write ${file}`, () => {
    writeFileAtomic(file, `${JSON.stringify(configuration, null, 2)}\n`);
  });
  note(`Configuration: ${path.resolve(file)}`);
}
