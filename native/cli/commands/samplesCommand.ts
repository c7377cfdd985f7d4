import type { Command } from 'commander';
import { withEngine } from '../client.ts';
import { addCommonOptions, engineOptions, type CommonOptions } from '../commonOptions.ts';
import { paragraph, print, printJson } from '../terminalText.ts';

export function addSamples(program: Command): void {
  const command = program.command('samples').description('list the samples that come with Orthant');
  addCommonOptions(command, ['samples', 'train --sample diamonds']).action(samples);
}

async function samples(options: CommonOptions): Promise<void> {
  const all = await withEngine('data', engineOptions(options), (engine) => engine.call('samples', {}));
  if (options.json === true) printJson(all);
  else {
    const texts = all.map(
      ({ id, title, summary, rows, inputs, targets, source, licence }) =>
        `${id}: ${title}\n` +
        paragraph(summary, '  ') +
        paragraph(`${rows} rows, ${inputs} inputs, targets: ${targets.join(', ')}`, '  ') +
        paragraph(`Source: ${source}. Licence: ${licence}`, '  '),
    );
    print(texts.join('\n'));
  }
}
