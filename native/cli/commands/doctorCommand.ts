import type { Command } from 'commander';
import { decimalBytes } from '../../base/figures.ts';
import type { DoctorReport } from '../../contract/doctorReport.ts';
import { closing, withEngine } from '../client.ts';
import { addCommonOptions, engineOptions, type CommonOptions } from '../commonOptions.ts';
import { trainEngine } from '../trainEngine.ts';
import { paragraph, print, printJson } from '../terminalText.ts';

export function addDoctor(program: Command): void {
  const command = program
    .command('doctor')
    .description('show what trains on this computer and why, what is missing, and the command that fixes it');
  addCommonOptions(command, ['doctor', 'doctor --json']).action(doctor);
}

async function doctor(options: CommonOptions): Promise<void> {
  const engine = await withEngine('data', engineOptions(options), (data) =>
    trainEngine(data, Promise.resolve({}), engineOptions(options)),
  );
  const report = await closing(engine, () => engine.call('doctor', {}));
  if (options.json === true) printJson(report);
  else print(describe(report));
}

function describe(report: DoctorReport): string {
  const { memory, cuda, cache } = report;
  const card = [cuda.card, cuda.driver === undefined ? undefined : `driver ${cuda.driver}`, cuda.libraries]
    .filter((part) => part !== undefined)
    .join(', ');
  const lines: readonly (readonly [string, string | undefined])[] = [
    ['Orthant', report.orthant],
    ['Node', report.node],
    ['Platform', `${report.platform}, ${report.cores} cores`],
    ['Engine', `${report.engine} ${report.version}`],
    ['Device', `${report.device}: ${report.deviceName}`],
    ['Why', report.reason],
    ['CUDA', card === '' ? cuda.note : `${card}; ${cuda.note}`],
    ['Memory', `${decimalBytes(memory.freeBytes)} free of ${decimalBytes(memory.totalBytes)}`],
    ['Cache', `${cache.folder} (${decimalBytes(cache.bytes)})`],
    ['Runs', report.runs],
  ];
  const known = lines.filter((line): line is readonly [string, string] => line[1] !== undefined);
  const missing = report.missing.map(
    ({ what, effect, command }) =>
      paragraph(`Missing: ${what}. ${effect}`) + (command === undefined ? '' : `  To fix it: ${command}\n`),
  );
  return [
    ...known.map(([name, value]) => `${`${name}:`.padEnd(10)} ${value}\n`),
    ...report.warnings.map((warning) => paragraph(`Note: ${warning}`)),
    ...(missing.length === 0 ? ['Nothing is missing.\n'] : missing),
  ].join('');
}
