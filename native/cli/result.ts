import type { TrainingResult } from '../contract/results.ts';
import { chosenText } from '../contract/chosenText.ts';
import { percentage } from '../base/figures.ts';
import { splitNames } from '../contract/results.ts';
import { leftOutText } from '../contract/rowCounts.ts';
import { exitCodes } from './failure.ts';
import { count, duration, note, paragraph, percent, print, printJson, significant, table } from './terminalText.ts';
import { resumeCommand } from './watchRun.ts';

/** Shows the result of a run and sets the exit code. */
export function showResult(result: TrainingResult, json: boolean): void {
  if (json) printJson(result);
  else print(describeResult(result));
  if (result.stopped === 'by-request') {
    note(`Stopped after ${count(result.epochs, 'epoch')}. To resume: ${resumeCommand(result.run)}`);
    process.exitCode = exitCodes.interrupted;
  }
}

function describeResult(result: TrainingResult): string {
  const { splits, evidence, files } = result;
  const rows = splitNames.flatMap((name) =>
    (splits[name]?.outputs ?? []).map((output) => [
      name,
      String(splits[name]?.rows ?? 0),
      output.name,
      significant(output.rmse),
      significant(output.mae),
      percent(output.negativeShare),
      percent(output.violationShare),
      significant(output.minimum),
    ]),
  );
  const numbers = ['RMSE', 'MAE', 'negative', 'below bound', 'lowest'];
  const compiled = result.phases.compile ? ` compiled in ${duration(result.phases.compile)}` : '';
  const engine = `${result.engine} ${result.version} on ${result.device}, ${result.execution}${compiled}`;
  const verified =
    result.export === undefined
      ? ''
      : `Verified in ONNX Runtime on ${count(result.export.rows, 'row')}: largest difference ${significant(result.export.maxRelativeDifference)} standard deviations.\n`;
  const chosen = chosenText(result.chosen ?? {});
  return [
    `${result.method}: ${count(result.epochs, 'epoch')}, ${count(result.steps, 'step')} in ${duration(result.seconds)} (${engine}); best epoch ${result.bestEpoch}\n`,
    chosen === '' ? '' : paragraph(`Chosen for this table: ${chosen}.`),
    '\n',
    table(
      [
        { title: 'split' },
        { title: 'rows', align: 'right' },
        { title: 'output' },
        ...numbers.map((title) => ({ title, align: 'right' as const })),
      ],
      rows,
    ),
    '\n',
    describeIntervals(result),
    result.rows === undefined || result.rows.dropped.length === 0 ? '' : paragraph(leftOutText(result.rows)),
    result.executionReason === undefined ? '' : paragraph(`Execution: ${result.execution}. ${result.executionReason}`),
    paragraph([`Evidence: ${evidence.level}. ${evidence.statement}`, ...evidence.limits].join(' ')),
    result.reproducible
      ? ''
      : 'Another run of this configuration may differ slightly; --deterministic prevents that.\n',
    verified,
    `Run: ${result.run}\n`,
    files === undefined ? '' : `ONNX: ${files.onnx}\nONNX as JSON: ${files.onnxJson}\n`,
  ].join('');
}

function describeIntervals({ intervals, splits: { validation, test } }: TrainingResult): string {
  if (intervals === undefined) return '';
  const { level, halfWidths = [], note: reason } = intervals;
  const lines = halfWidths.map((halfWidth, index) => {
    const of = halfWidths.length > 1 ? ` of ${validation?.outputs[index]?.name ?? ''}` : '';
    const held = test?.outputs[index]?.interval;
    const holds = held === undefined ? '' : `, covers ${percent(held.coverage)} of test rows`;
    return `${percentage(level)} interval${of}: +-${significant(halfWidth)} (validation rows)${holds}\n`;
  });
  return [...lines, paragraph(reason)].join('');
}
