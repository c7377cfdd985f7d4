import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Engine } from '../../../native/cli/client.ts';
import {
  runConfigurationSchema,
  type RunConfiguration,
  type SplitSettings,
} from '../../../native/contract/configuration.ts';
import { splitNames, type SplitName } from '../../../native/contract/results.ts';
import { sampleFile } from '../../../native/data/samples.ts';
import { splitBySeed } from '../../../native/data/split.ts';

/** A table to train on. */
export interface BenchTable {
  readonly name: string;
  readonly path: string;
  /** By array name: divisor for numbers that the file stores as bytes although they are fractions. */
  readonly divisors: Readonly<Record<string, number>>;
  readonly targets: readonly string[];
  /** The configuration without an option; its source and split are replaced. */
  readonly configuration: RunConfiguration;
  /** The split of each row, if the table has many rows and no column for it. */
  readonly parts?: readonly SplitName[];
}

/** The samples, with their recommended configurations and splits. */
export async function sampleTables(data: Engine): Promise<BenchTable[]> {
  const samples = await data.call('samples', {});
  return Promise.all(
    samples.map(async ({ id, rows, targets }) => {
      const configuration = await data.call('sampleConfiguration', { id });
      const parts = partsOf(rows, configuration.data.split);
      return { name: id, ...(await sampleFile(id)), targets, configuration, ...(parts && { parts }) };
    }),
  );
}

/** The split of each of these rows, as Orthant draws it; undefined if a column decides. */
export function partsOf(rows: number, settings: SplitSettings): SplitName[] | undefined {
  if (settings.by === 'column') return undefined;
  const split = splitBySeed(
    Int32Array.from({ length: rows }, (_, row) => row),
    settings,
  );
  const parts = new Array<SplitName>(rows).fill('train');
  for (const name of splitNames) for (const row of split[name]) parts[row] = name;
  return parts;
}

const targetsSchema = z.record(z.string(), z.array(z.string()).min(1));
type Targets = z.infer<typeof targetsSchema>;

/**
 * The targets of CSV files by name: those of the known files, and over them those that the folder's own `targets.json`
 * names.
 */
export function readTargets(folder: string): Targets {
  const files = [path.join(import.meta.dirname, 'targets.json'), path.join(folder, 'targets.json')];
  const all = files.filter(existsSync).map((file) => targetsSchema.parse(JSON.parse(readFileSync(file, 'utf8'))));
  return Object.assign({}, ...all) as Targets;
}

/**
 * The CSV files of a folder, with default configurations.
 *
 * @throws if a file has no named target
 */
export function folderTables(folder: string): BenchTable[] {
  const targets = readTargets(folder);
  const files = readdirSync(folder).filter((file) => file.endsWith('.csv'));
  return files.sort().map((file) => {
    const own = targets[file];
    if (own === undefined) throw new Error(`${path.join(folder, 'targets.json')} names no targets of ${file}.`);
    const columns = Object.fromEntries(own.map((name) => [name, { role: 'target' as const }]));
    const place = path.resolve(folder, file);
    return {
      name: file.slice(0, -'.csv'.length),
      path: place,
      divisors: {},
      targets: own,
      configuration: runConfigurationSchema.parse({ data: { source: { kind: 'file', path: place }, columns } }),
    };
  });
}
