import path from 'node:path';
import type { Command } from 'commander';
import type { CallAnswer } from '../../contract/engine.ts';
import { percentage } from '../../base/figures.ts';
import { withEngine } from '../client.ts';
import { addCommonOptions, engineOptions, type CommonOptions } from '../commonOptions.ts';
import { addDialectOptions, dialectOf, type TableOptions } from '../configurationOptions.ts';
import { wrongUse } from '../failure.ts';
import { count, note, percent, print, printJson, significant, table } from '../terminalText.ts';
import { place, wholeNumber } from '../parsers.ts';

interface PredictOptions extends TableOptions, CommonOptions {
  out?: string;
  limit: number;
  interval: boolean;
}

export function addPredict(program: Command): void {
  const command = program
    .command('predict')
    .description('predict the rows of a table with a trained model')
    .argument('<model>', 'a run folder, or an .onnx file that Orthant wrote', place)
    .option('--data <file>', 'the table', place)
    .option('--sample <id>', 'a sample in place of a file')
    .option('--out <file>', 'write all predictions as CSV', place)
    .option('--limit <rows>', 'rows to show', wholeNumber, 10)
    .option('--no-interval', 'predictions only, without the ends of their intervals');
  addDialectOptions(command);
  addCommonOptions(command, [
    'predict runs/first --data new.csv',
    'predict model.onnx --data new.csv --out predictions.csv',
  ]).action(predict);
}

async function predict(model: string, options: PredictOptions): Promise<void> {
  const { data, sample, out, limit, interval, skipBadRows = false } = options;
  if ((data === undefined) === (sample === undefined)) throw wrongUse('Give --data FILE or --sample ID.');
  const answer = await withEngine('train', engineOptions(options), (engine) =>
    engine.call('predict', {
      model: path.resolve(model),
      table: {
        source: data === undefined ? { kind: 'sample', id: sample ?? '' } : { kind: 'file', path: path.resolve(data) },
        dialect: dialectOf(options),
        skipBadRows,
      },
      ...(out === undefined ? {} : { out: path.resolve(out) }),
      limit,
      intervals: interval,
    }),
  );
  if (options.json === true) printJson(answer);
  else print(describe(answer));
  for (const { reason, rows } of answer.skipped) note(`No prediction for ${count(rows, 'row')}: ${reason}.`);
  for (const [column, categories] of Object.entries(answer.unseen)) {
    note(
      `Values of ${column} that the model has never seen: ${categories.slice(0, 10).join(', ')}${categories.length > 10 ? ', ...' : ''}.`,
    );
  }
}

function describe({ targets, rows, negative, minimum, level, predictions, file }: CallAnswer<'predict'>): string {
  const ends = level === undefined ? [] : targets.flatMap((target) => [`${target} low`, `${target} high`]);
  const shown = table(
    ['row', ...targets, ...ends].map((title) => ({ title, align: 'right' })),
    predictions.map(({ row, prediction, low = [], high = [] }) => [
      String(row),
      ...[...prediction, ...low.flatMap((value, i) => [value, high[i] ?? NaN])].map(significant),
    ]),
  );
  const summary = targets.map(
    (target, i) =>
      `${target}: ${negative[i] ?? 0} of ${rows} rows negative (${percent((negative[i] ?? 0) / Math.max(1, rows))}), lowest ${significant(minimum[i] ?? NaN)}\n`,
  );
  return [
    ...(predictions.length === 0 ? [] : [shown, '\n']),
    ...summary,
    level === undefined ? '' : `Between low and high: the ${percentage(level)} interval.\n`,
    file === undefined ? '' : `Written: ${file}\n`,
  ].join('');
}
