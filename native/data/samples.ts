import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { runConfigurationSchema, type RunConfiguration } from '../contract/configuration.ts';
import { OrthantError, parseOrThrow } from '../contract/errors.ts';
import { sampleSchema, type Sample } from '../contract/inspection.ts';
import { didYouMean } from '../base/nearest.ts';

/**
 * The samples shipped with Orthant, one folder each: `sample.json` describes the sample, `recommended.orthant` is a run
 * configuration that suits it, and a compressed file holds the data. build/samples/ makes them.
 */

const describedSampleSchema = sampleSchema.extend({
  /** The data file beside the description. */
  file: z.string(),
  /** By array name: divisor for numbers that the file stores as bytes although they are fractions. */
  divisors: z.record(z.string(), z.number().positive()).default({}),
});

/** A sample's data file. */
export interface SampleFile {
  readonly path: string;
  readonly divisors: Readonly<Record<string, number>>;
}

/**
 * The folder `native/data/samples`, searched upwards from this module, so that it is found from the source and from a
 * bundle under the package's root (`.dist/native/`).
 */
function samplesFolder(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const candidate = join(folder, 'native', 'data', 'samples');
    if (existsSync(candidate)) return candidate;
    if (dirname(folder) === folder) {
      throw new OrthantError(
        'file',
        `The samples are not installed: there is no native/data/samples above ${import.meta.dirname}.`,
      );
    }
  }
}

/** All samples, by id. */
export async function listSamples(): Promise<Sample[]> {
  const folders = await readdir(samplesFolder(), { withFileTypes: true });
  const ids = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const samples = await Promise.all(ids.sort().map(describe));
  return samples.map((sample) => sampleSchema.parse(sample));
}

/**
 * The recommended configuration of a sample, as a whole document.
 *
 * @throws OrthantError `usage` if the sample does not exist
 */
export async function sampleConfiguration(id: string): Promise<RunConfiguration> {
  await describe(id);
  const path = join(samplesFolder(), id, 'recommended.orthant');
  const document: unknown = JSON.parse(await readFile(path, 'utf8'));
  return parseOrThrow(runConfigurationSchema, document, path, 'internal');
}

/** @throws OrthantError `usage` if the sample does not exist */
export async function sampleFile(id: string): Promise<SampleFile> {
  const { file, divisors } = await describe(id);
  return { path: join(samplesFolder(), id, file), divisors };
}

async function describe(id: string): Promise<z.infer<typeof describedSampleSchema>> {
  const folder = samplesFolder();
  let text;
  try {
    if (!/^[\w-]+$/.test(id)) throw new Error('No folder has such a name.');
    text = await readFile(join(folder, id, 'sample.json'), 'utf8');
  } catch (error) {
    const ids = (await readdir(folder)).sort();
    throw new OrthantError(
      'usage',
      `There is no sample "${id}".${didYouMean(id, ids)} The samples are ${ids.join(', ')}.`,
      {
        field: 'source.id',
        cause: error,
      },
    );
  }
  return parseOrThrow(describedSampleSchema, JSON.parse(text), `${folder}/${id}/sample.json`, 'internal');
}
