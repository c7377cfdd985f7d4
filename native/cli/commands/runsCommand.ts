import type { Command } from 'commander';
import type { RunSummary } from '../../contract/runRecord.ts';
import { withEngine } from '../client.ts';
import { addCommonOptions, engineOptions, type CommonOptions } from '../commonOptions.ts';
import { note, percent, print, printJson, table } from '../terminalText.ts';

export function addRuns(program: Command): void {
  const command = program.command('runs').description('list the runs in ~/Orthant/runs, or in the folder ORTHANT_RUNS');
  addCommonOptions(command, ['runs', 'runs --json']).action(runs);
}

async function runs(options: CommonOptions): Promise<void> {
  const all = await withEngine('data', engineOptions(options), (engine) => engine.call('runs', {}));
  if (options.json === true) printJson(all);
  else if (all.length === 0) print('There are no runs yet. Start with: orthant train --sample ink');
  else {
    const titles = ['started', 'state', 'data', 'method', 'evidence', 'negative (test)', 'folder'];
    print(
      table(
        titles.map((title) => ({ title })),
        all.map(describe),
      ),
    );
    for (const { run, damaged } of all) {
      if (damaged !== undefined) note(`${run} is damaged: ${damaged}`);
    }
  }
}

function describe({ created, state, source, method, evidence, splits, run, damaged }: RunSummary): string[] {
  const split = splits?.test ?? splits?.train;
  const negative = Math.max(0, ...(split?.outputs ?? []).map(({ negativeShare }) => negativeShare));
  return [
    created.slice(0, 16).replace('T', ' '),
    damaged === undefined ? state : 'damaged',
    source,
    method,
    evidence?.level ?? '',
    split === undefined ? '' : percent(negative),
    run,
  ];
}
