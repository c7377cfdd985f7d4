import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { table } from '../statistics.mjs';
import { bundleSize } from './bundle.ts';
import { charts } from './charts.ts';
import { endWithAllStarted } from './ending.ts';
import type { Bench, Figure } from './figure.ts';
import { largeTable } from './largeTable.ts';
import { memory } from './memory.ts';
import { smoothness } from './smoothness.ts';
import { startUp } from './startUp.ts';
import { trainingCost } from './trainingCost.ts';
import { upload } from './upload.ts';

const benches: readonly Bench[] = [
  startUp,
  bundleSize,
  smoothness,
  ...trainingCost,
  largeTable,
  charts,
  memory,
  upload,
];

/**
 * Runs the benches one after the other, prints their figures, and writes them to .cache/bench/.
 *
 * @returns whether each was measured and reached
 */
export async function benchWindow(root: string, options: { quick: boolean; only: string }): Promise<boolean> {
  const chosen = benches.filter(({ name }) => name.includes(options.only));
  if (chosen.length === 0) {
    console.error(`Nothing is called "${options.only}". There are: ${benches.map(({ name }) => name).join(', ')}.`);
    return false;
  }
  const leftovers = endWithAllStarted();
  const kept = path.join(root, '.cache/bench');
  mkdirSync(kept, { recursive: true });
  const figures: (Figure & { readonly bench: string })[] = [];
  const failures: { bench: string; message: string }[] = [];
  for (const bench of chosen) {
    console.log(`${bench.name} ...`);
    const folder = mkdtempSync(path.join(tmpdir(), 'orthant-bench-'));
    leftovers.add(folder);
    try {
      const measured = await bench.run({ root, folder, kept, quick: options.quick });
      for (const figure of measured) {
        figures.push({ bench: bench.name, ...figure });
        console.log(`  ${figure.name}: ${figure.measured}`);
      }
    } catch (error) {
      // The others are worth knowing all the same.
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      failures.push({ bench: bench.name, message });
      console.error(`  ${bench.name} could not be measured: ${message}`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
      leftovers.delete(folder);
    }
  }
  const reached = ({ reached: yes }: Figure): string => (yes === undefined ? '' : yes ? 'yes' : 'NO');
  console.log(
    `\n${table([
      ['figure', 'target', 'measured', 'reached'],
      ...figures.map((figure) => [figure.name, figure.target, figure.measured, reached(figure)]),
    ])}\n`,
  );
  const processor = cpus();
  const report = {
    date: new Date().toISOString(),
    machine: { processor: processor[0]?.model.trim(), cores: processor.length, node: process.version },
    options,
    figures,
    failures,
  };
  const file = path.join(kept, `window-${report.date.replaceAll(/[:.]/g, '-')}.json`);
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  console.log(`Written: ${path.relative(root, file)}`);
  return failures.length === 0 && figures.every((figure) => figure.reached !== false);
}
