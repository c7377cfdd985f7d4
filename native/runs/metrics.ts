import { appendFileSync, readFileSync } from 'node:fs';
import { epochMetricsSchema, type EpochMetrics } from '../contract/results.ts';
import { attempt, describeFileError } from '../contract/fileErrors.ts';
import { writeFileAtomic } from '../system/files.mjs';

/** `metrics.jsonl`: one line per epoch, in full resolution, appended during training. */

/** @throws OrthantError `file` if it cannot be written */
export function appendMetrics(file: string, metrics: EpochMetrics): void {
  attempt(`write ${file}`, () => {
    appendFileSync(file, `${JSON.stringify(metrics)}\n`);
  });
}

/**
 * All recorded epochs, in order. Reading stops at the first incomplete line, left by a process that ended while writing
 * it.
 */
export function readMetrics(file: string): EpochMetrics[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw describeFileError(error, `read ${file}`);
  }
  const epochs: EpochMetrics[] = [];
  // The text after the last line end is empty or an incomplete line.
  for (const line of text.split('\n').slice(0, -1)) {
    const parsed = epochMetricsSchema.safeParse(parseJson(line));
    if (!parsed.success) break;
    epochs.push(parsed.data);
  }
  return epochs;
}

/** Removes the epochs recorded after `epoch`, because a resumed run trains them again. */
export function truncateMetrics(file: string, epoch: number): void {
  const kept = readMetrics(file).filter((metrics) => metrics.epoch <= epoch);
  const lines = kept.map((metrics) => `${JSON.stringify(metrics)}\n`);
  attempt(`write ${file}`, () => {
    writeFileAtomic(file, lines);
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
