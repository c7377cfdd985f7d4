import { figureBelow, percentage } from '../base/figures.ts';
import { chosenText } from '../contract/chosenText.ts';
import { accuracyWarnings } from '../contract/inspection.ts';
import type { OutputReport, TrainingResult } from '../contract/results.ts';
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
  const { evidence, files, warnings } = result;
  const compiled = result.phases.compile ? ` compiled in ${duration(result.phases.compile)}` : '';
  const engine = `${result.engine} ${result.version} on ${result.device}, ${result.execution}${compiled}`;
  const verified =
    result.export === undefined
      ? ''
      : `Verified in ONNX Runtime on ${count(result.export.rows, 'row')}: largest difference ${significant(result.export.maxRelativeDifference)} standard deviations.\n`;
  const chosen = chosenText(result.chosen ?? {});
  return [
    ...accuracyWarnings(warnings).map(({ message }) => `${paragraph(message)}\n`),
    `${result.method}: ${count(result.epochs, 'epoch')}, ${count(result.steps, 'step')} in ${duration(result.seconds)} (${engine}); best epoch ${result.bestEpoch}\n`,
    chosen === '' ? '' : paragraph(`Chosen for this table: ${chosen}.`),
    '\n',
    figuresTable(result),
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

/** Widest table that is easy to read. */
const mostColumns = 100;

/** Errors and positivity of each output on each split: one table, or two if one would be too wide. */
function figuresTable({ splits }: TrainingResult): string {
  const lines = splitNames.flatMap((name) =>
    (splits[name]?.outputs ?? []).map((output) => ({ name, rows: splits[name]?.rows ?? 0, output })),
  );
  const write = (columns: readonly Figure[]): string =>
    table(
      [
        { title: 'split' },
        { title: 'rows', align: 'right' },
        { title: 'output' },
        ...columns.map(([title]) => ({ title, align: 'right' as const })),
      ],
      lines.map(({ name, rows, output }) => [
        name,
        String(rows),
        output.name,
        ...columns.map(([, figureOf]) => figureOf(output)),
      ]),
    );
  const one = write([...errorFigures, ...positivityFigures]);
  return one.indexOf('\n') <= mostColumns ? one : `${write(errorFigures)}\n${write(positivityFigures)}`;
}

type Figure = readonly [title: string, figure: (output: OutputReport) => string];

const optional = (value: number | undefined, write: (value: number) => string): string =>
  value === undefined ? '' : write(value);

/** `mean` and `linear` are the RMSE of predicting the training mean and of a linear model. */
const errorFigures: readonly Figure[] = [
  ['RMSE', ({ rmse }) => significant(rmse)],
  ['mean', ({ meanRmse }) => optional(meanRmse, significant)],
  ['linear', ({ linearRmse }) => optional(linearRmse, significant)],
  ['R2', ({ r2 }) => optional(r2, figureBelow)],
  ['MAE', ({ mae }) => significant(mae)],
];
const positivityFigures: readonly Figure[] = [
  ['negative', ({ negativeShare }) => percent(negativeShare)],
  ['below bound', ({ violationShare }) => percent(violationShare)],
  ['lowest', ({ minimum }) => significant(minimum)],
];
