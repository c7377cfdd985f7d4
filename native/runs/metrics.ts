import { appendFileSync, readFileSync } from 'node:fs';
import { epochMetricsSchema, type EpochMetrics } from '../contract/results.ts';
import { attempt, describeFileError } from '../contract/fileErrors.ts';
import { writeFileAtomic } from '../system/files.mjs';

/** `metrics.jsonl`: one line an epoch, in full resolution, appended as training goes. */

/** @throws OrthantError `file` when it cannot be written */
export function appendMetrics(file: string, metrics: EpochMetrics): void {
  attempt(`write ${file}`, () => {
    appendFileSync(file, `${JSON.stringify(metrics)}\n`);
  });
}

/**
 * All epochs recorded, in order. Reading stops at the first line that is not whole: the process that wrote it was
 * ended in the middle.
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
  // What follows the last line end is nothing, or a torn line.
  for (const line of text.split('\n').slice(0, -1)) {
    const parsed = epochMetricsSchema.safeParse(parseJson(line));
    if (!parsed.success) break;
    epochs.push(parsed.data);
  }
  return epochs;
}

/** Drops what was recorded after `epoch`: a resumed run trains those epochs again. */
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
