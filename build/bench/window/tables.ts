import { createWriteStream, existsSync, mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import path from 'node:path';
import type { RunConfigurationInput } from '../../../native/contract/configuration.ts';

/** The same numbers every time, in [0, 1): the generator of Numerical Recipes. */
export function numbers(seed = 1): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * A run of many short epochs: 600 rows, four inputs, three targets.
 *
 * @param folder - of the host; its table lies there as if it had been sent up, since a window has no other file read
 */
export function shortEpochs(folder: string, epochs: number): RunConfigurationInput {
  const uploads = path.join(folder, 'state', 'uploads', 'bench');
  mkdirSync(uploads, { recursive: true });
  const file = path.join(uploads, 'three-targets.csv');
  const next = numbers();
  const rows = Array.from({ length: 600 }, () => {
    const [a, b, c, d] = [next(), next(), next(), next()];
    const targets = [a * b, Math.max(0, c - d), (a + d) ** 2].map((target) => target + 0.02 * next());
    return [a, b, c, d, ...targets].map((value) => value.toFixed(5)).join(',');
  });
  writeFileSync(file, ['a,b,c,d,area,excess,load', ...rows, ''].join('\n'));
  return {
    name: 'short epochs',
    data: {
      source: { kind: 'file', path: file },
      columns: Object.fromEntries(['area', 'excess', 'load'].map((name) => [name, { role: 'target' as const }])),
    },
    network: { hidden: [16] },
    training: { epochs },
  };
}

/**
 * A CSV file of 20 columns: numbers of several kinds, some of them negative or missing, and two categories. Made once and
 * kept.
 */
export async function largeCsv(folder: string, rows: number): Promise<string> {
  const file = path.join(folder, `table-${rows}x20.csv`);
  if (existsSync(file) && statSync(file).size > 0) return file;
  const unfinished = `${file}.part`;
  const out = createWriteStream(unfinished);
  const next = numbers(7);
  const colours = ['red', 'green', 'blue', 'violet', 'grey'];
  const sites = Array.from({ length: 40 }, (_, index) => `site-${index + 1}`);
  const pick = (list: readonly string[]): string => list[Math.floor(next() * list.length)] ?? '';
  const header = [...Array.from({ length: 17 }, (_, index) => `x${index + 1}`), 'colour', 'site', 'price'];
  let block = `${header.join(',')}\n`;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < 17; column++) {
      if (column === 16 && next() < 0.01) block += ',';
      else if (column % 3 === 0) block += `${Math.floor(next() * 1000)},`;
      else block += `${(next() * 200 - (column === 4 ? 100 : 0)).toFixed(3)},`;
    }
    block += `${pick(colours)},${pick(sites)},${(next() * 500).toFixed(2)}\n`;
    if (block.length > 1 << 20) {
      if (!out.write(block)) await once(out, 'drain');
      block = '';
    }
  }
  out.end(block);
  await once(out, 'finish');
  renameSync(unfinished, file);
  return file;
}
