import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { DataSource } from '../contract/configuration.ts';
import { canResume, isActive, type RunRecord, type RunState, type RunSummary } from '../contract/runRecord.ts';
import { describeFileError } from '../contract/fileErrors.ts';
import { listCheckpoints } from './checkpoints.ts';
import { lockHolder, readRecord } from './folder.ts';

/** The current state of a run: `interrupted` if its process ended without recording the end. */
export const currentState = (record: RunRecord): RunState =>
  isActive(record.state) && lockHolder(record) === undefined ? 'interrupted' : record.state;

/** All runs in a folder, newest first. A damaged run is listed with the reason; files are skipped. */
export function listRuns(folder: string): RunSummary[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw describeFileError(error, `list the runs in ${folder}`);
  }
  return names
    .filter((name) => !name.startsWith('.'))
    .map((name) => path.join(folder, name))
    .filter(isFolder)
    .map(summarise)
    .sort((first, second) => second.created.localeCompare(first.created));
}

/** False for a link that is broken or circular, so that the other runs are still listed. */
function isFolder(place: string): boolean {
  try {
    return statSync(place).isDirectory();
  } catch {
    return false;
  }
}

/** One entry of the list of runs. */
export function summarise(folder: string): RunSummary {
  try {
    const record = readRecord(folder);
    const { configuration, changes, result } = record;
    const changed = changes.findLast((change) => change.epochs !== undefined)?.epochs;
    const epochs = changed ?? configuration.training.epochs;
    const state = currentState(record);
    const checkpoint = canResume(state) ? listCheckpoints(folder).at(-1)?.epoch : undefined;
    return {
      run: folder,
      id: record.id,
      name: record.name,
      created: record.created,
      state,
      method: configuration.constraint.method.id,
      source: sourceName(configuration.data.source),
      ...(epochs === 'auto' ? {} : { epochs }),
      ...(result === undefined ? {} : { trained: result.epochs, evidence: result.evidence, splits: result.splits }),
      ...(checkpoint === undefined ? {} : { checkpoint }),
    };
  } catch (error) {
    return {
      run: folder,
      id: path.basename(folder),
      name: path.basename(folder),
      created: statSync(folder, { throwIfNoEntry: false })?.mtime.toISOString() ?? '',
      state: 'failed',
      method: '',
      source: '',
      epochs: 0,
      damaged: error instanceof Error ? error.message : String(error),
    };
  }
}

/** Short name of the data a run was trained on. */
export const sourceName = (source: DataSource): string =>
  source.kind === 'sample' ? source.id : path.basename(source.path);
