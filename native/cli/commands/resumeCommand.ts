import path from 'node:path';
import type { Command } from 'commander';
import { closing, withEngine } from '../client.ts';
import { addCommonOptions, engineOptions, type CommonOptions } from '../commonOptions.ts';
import { showResult } from '../result.ts';
import { trainEngine } from '../trainEngine.ts';
import { watchRun } from '../watchRun.ts';

export function addResume(program: Command): void {
  const command = program
    .command('resume')
    .description('resume a run that was stopped or interrupted, from its last checkpoint')
    .argument('<run>', 'the run folder');
  addCommonOptions(command, ['resume runs/first', 'resume runs/first --json']).action(resume);
}

async function resume(folder: string, options: CommonOptions): Promise<void> {
  const run = path.resolve(folder);
  const engine = await withEngine('data', engineOptions(options), (data) => {
    const runtime = data.call('runRecord', { run }).then(({ configuration }) => configuration.runtime);
    return trainEngine(data, runtime, engineOptions(options));
  });
  const result = await closing(engine, () => watchRun(engine, () => engine.call('resumeRun', { run })));
  showResult(result, options.json === true);
}
