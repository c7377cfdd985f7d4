import path from 'node:path';
import type { Command } from 'commander';
import { decimalBytes } from '../../base/figures.ts';
import { joined } from '../../base/lists.ts';
import { fileFormats, fileFormatTitles } from '../../contract/fileFormats.ts';
import type { ColumnSummary, Inspection } from '../../contract/inspection.ts';
import { withEngine } from '../client.ts';
import { addCommonOptions, engineOptions, type CommonOptions } from '../commonOptions.ts';
import { addDialectOptions, dialectOf, type TableOptions } from '../configurationOptions.ts';
import { wrongUse } from '../failure.ts';
import { place } from '../parsers.ts';
import { count, note, percent, print, printJson, significant, table } from '../terminalText.ts';

interface InspectOptions extends TableOptions, CommonOptions {
  sample?: string;
}

export function addInspect(program: Command): void {
  const command = program
    .command('inspect')
    .description('show what is in a table: columns, types, missing and negative values, suggested roles')
    .argument('[file]', `${joined(fileFormatTitles(), 'or')}, also gzipped`, place)
    .option('--sample <id>', 'a sample in place of a file');
  addDialectOptions(command);
  addCommonOptions(command, ['inspect prices.csv', 'inspect export.txt --delimiter ";" --decimal-comma --json']).action(
    inspect,
  );
}

async function inspect(file: string | undefined, options: InspectOptions): Promise<void> {
  const { sample, skipBadRows = false } = options;
  if ((file === undefined) === (sample === undefined)) throw wrongUse('Give a file or --sample ID.');
  const inspection = await withEngine('data', engineOptions(options), (engine) =>
    engine.call('inspect', {
      source: file === undefined ? { kind: 'sample', id: sample ?? '' } : { kind: 'file', path: path.resolve(file) },
      dialect: dialectOf(options),
      skipBadRows,
    }),
  );
  if (options.json === true) printJson(inspection);
  else print(describe(inspection));
}

function describe({
  source,
  format,
  compressed,
  bytes: size,
  rows,
  rejectedRows,
  rejected,
  dialect,
  columns,
  warnings,
}: Inspection): string {
  const shown = rejected.slice(0, 10);
  for (const { line, reason } of shown) note(`${fileFormats[format].place} ${line}: ${reason}`);
  if (rejectedRows > shown.length) note(`And ${count(rejectedRows - shown.length, 'more row')}.`);
  for (const { message } of warnings) note(`Note: ${message}`);
  const left = rejectedRows === 0 ? '' : `, ${rejectedRows} left out`;
  return [
    `${source}: ${format}${compressed ? ', gzipped' : ''}, ${decimalBytes(size)}, ${count(rows, 'row')}${left}, ${count(columns.length, 'column')}\n`,
    dialect === undefined ? '' : `${describeDialect(dialect)}\n`,
    '\n',
    table(
      [
        { title: 'column' },
        { title: 'type' },
        { title: 'role' },
        { title: 'missing', align: 'right' },
        { title: 'lowest', align: 'right' },
        { title: 'median', align: 'right' },
        { title: 'highest', align: 'right' },
        { title: 'negative', align: 'right' },
        { title: '' },
      ],
      columns.map(describeColumn),
    ),
  ].join('');
}

function describeColumn(column: ColumnSummary): string[] {
  const value = (number: number | undefined): string => (number === undefined ? '' : significant(number));
  const categories = column.categories?.slice(0, 3).map((category) => category.value) ?? [];
  return [
    column.name,
    column.type,
    column.suggestedRole,
    String(column.missing),
    value(column.minimum),
    value(column.quantiles?.[2]),
    value(column.maximum),
    column.negativeShare === undefined ? '' : percent(column.negativeShare),
    column.suggestion ?? (categories.length === 0 ? '' : `${column.distinct} values: ${categories.join(', ')}`),
  ];
}

function describeDialect({
  delimiter,
  quote,
  header,
  decimalComma,
  encoding,
}: NonNullable<Inspection['dialect']>): string {
  const delimiters: Readonly<Record<string, string>> = { '\t': 'tab', ' ': 'space' };
  return [
    `delimiter ${delimiters[delimiter] ?? delimiter}`,
    quote === '' ? 'no quotes' : `quotes ${quote}`,
    header ? 'a header' : 'no header',
    decimalComma ? 'decimal comma' : 'decimal point',
    encoding,
  ].join(', ');
}
