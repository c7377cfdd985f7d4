import path from 'node:path';
import type { Command } from 'commander';
import { exportFormatIds, exportVerifiers, type ExportFormatId } from '../../contract/exportFormats.ts';
import { withEngine } from '../client.ts';
import { addCommonOptions, engineOptions, type CommonOptions } from '../commonOptions.ts';
import { print, printJson, significant } from '../terminalText.ts';
import { choice, place } from '../parsers.ts';

interface ExportOptions extends CommonOptions {
  format: ExportFormatId;
  out: string;
  intervals?: boolean;
}

export function addExport(program: Command): void {
  const command = program
    .command('export')
    .description("write a run's best model to a file, verified in ONNX Runtime")
    .argument('<run>', 'the run folder', place)
    .addOption(choice('--format <name>', 'format of the file', exportFormatIds).makeOptionMandatory())
    .requiredOption('--out <file>', 'the file to write', place)
    .option('--intervals', "add the ends of the prediction intervals to an ONNX file's outputs");
  addCommonOptions(command, [
    'export runs/first --format onnx --out model.onnx',
    'export runs/first --format onnx --out model.onnx --intervals',
    'export runs/first --format onnx-json --out model.onnx.json',
    'export runs/first --format safetensors --out model.safetensors',
  ]).action(exportRun);
}

async function exportRun(run: string, options: ExportOptions): Promise<void> {
  const { format, out, intervals = false } = options;
  const { file, report } = await withEngine('train', engineOptions(options), (engine) =>
    engine.call('export', { run: path.resolve(run), format, out: path.resolve(out), intervals }),
  );
  if (options.json === true) printJson({ file, format, export: report });
  else {
    print(file);
    print(
      `Verified ${exportVerifiers[report.verifiedBy].how} on ${report.rows} rows: largest difference ${significant(report.maxRelativeDifference)} standard deviations, lowest output ${significant(report.smallestOutput)}.`,
    );
  }
}
