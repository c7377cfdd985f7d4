import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { DataSource } from '../contract/configuration.ts';
import { canResume, isActive, type RunRecord, type RunState, type RunSummary } from '../contract/runs.ts';
import { describeFileError } from '../contract/fileErrors.ts';
import { listCheckpoints } from './checkpoints.ts';
import { lockHolder, readRecord } from './folder.ts';

/** Where a run stands now: `interrupted` when its process is gone without having said how it ended. */
export const currentState = (record: RunRecord): RunState =>
  isActive(record.state) && lockHolder(record) === undefined ? 'interrupted' : record.state;

/** All runs of a folder, newest first. A damaged one is listed with the reason; what is no run folder is passed over. */
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

/** A link that leads nowhere or in a circle is none, and must not keep the others from being listed. */
function isFolder(place: string): boolean {
  try {
    return statSync(place).isDirectory();
  } catch {
    return false;
  }
}

/** One line of the list of runs. */
export function summarise(folder: string): RunSummary {
  try {
    const record = readRecord(folder);
    const { configuration, changes, result } = record;
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
      epochs: changes.findLast(({ epochs }) => epochs !== undefined)?.epochs ?? configuration.training.epochs,
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

/** What a run was trained on, in a word. */
export const sourceName = (source: DataSource): string =>
  source.kind === 'sample' ? source.id : path.basename(source.path);
