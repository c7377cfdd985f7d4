import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { folder as results } from '../benchProcesses.mjs';
import { table } from '../statistics.mjs';
import { isReached, rowOf, type Bench, type Figure } from './figure.ts';
import { hiddenWindow } from './hiddenWindow.ts';
import { readTime } from './readTime.ts';
import { startTime } from './startTime.ts';

const benches: readonly Bench[] = [startTime, readTime, hiddenWindow];

/**
 * Runs the benches one after the other, prints their figures, and writes them to .cache/bench/.
 *
 * @returns whether each was measured and met its limit
 */
export async function benchWindow(root: string, options: { quick: boolean; only: string }): Promise<boolean> {
  const chosen = benches.filter(({ name }) => name.includes(options.only));
  if (chosen.length === 0) {
    console.error(`Nothing is called "${options.only}". There are: ${benches.map(({ name }) => name).join(', ')}.`);
    return false;
  }
  const [load = 0] = loadavg();
  if (load > 1)
    console.warn('Other programs are running. They have priority over a window, so these figures are unreliable.');
  const figures: Figure[] = [];
  for (const bench of chosen) {
    console.log(`${bench.name} ...`);
    const folder = mkdtempSync(path.join(tmpdir(), 'orthant-bench-'));
    try {
      figures.push(...(await bench.run({ root, folder, quick: options.quick })));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  console.log(`\n${table([['figure', 'target', 'measured', 'reached'], ...figures.map(rowOf)])}\n`);
  const processor = cpus();
  const report = {
    date: new Date().toISOString(),
    machine: { processor: processor[0]?.model.trim(), cores: processor.length, node: process.version },
    options,
    figures,
  };
  mkdirSync(results, { recursive: true });
  const file = path.join(results, `window-${report.date.replaceAll(/[:.]/g, '-')}.json`);
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  console.log(`Written: ${path.relative(root, file)}`);
  return figures.every(isReached);
}
