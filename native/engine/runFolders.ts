import { rmdirSync } from 'node:fs';
import type { RunConfiguration } from '../contract/configuration.ts';
import { OrthantError } from '../contract/errors.ts';
import type { RunChange } from '../contract/runRecord.ts';
import { orthantVersion } from '../contract/version.ts';
import { getMethod } from '../constraints/registry.ts';
import { lockHolder, RunFolder } from '../runs/folder.ts';
import { sourceName } from '../runs/list.ts';
import { makeRunFolder } from '../runs/newFolder.ts';
import { runsFolder } from '../system/folders.mjs';

/**
 * Makes the folder of a new run: `out`, or a folder among the other runs, named after time, data and method as asked.
 *
 * @throws OrthantError `run` if `out` is not empty; `file` if the folder cannot be made
 */
export function createRunFolder(
  configuration: RunConfiguration,
  out: string | undefined,
  changes: readonly RunChange[],
): RunFolder {
  const source = sourceName(configuration.data.source);
  const method = configuration.constraint.method.id;
  const place = out ?? makeRunFolder(runsFolder(), new Date(), [source.replace(/\.[^.]*$/, ''), method]);
  const name = runName(configuration);
  try {
    return RunFolder.create(place, { configuration, changes: [...changes], name, orthant: orthantVersion });
  } catch (error) {
    if (out === undefined) removeEmpty(place);
    throw error;
  }
}

/** Name of a run in lists: the user's, or that of the data and, once it is known, of the method. */
export function runName({ name, data, constraint: { method } }: RunConfiguration): string {
  const source = sourceName(data.source);
  return name ?? (method.id === 'auto' ? source : `${source}, ${getMethod(method.id).title}`);
}

/** Removes a new folder without a run, so that the list of runs does not show it. */
function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // The caller reports the first error.
  }
}

/**
 * Opens and locks an existing run's folder, to resume the run.
 *
 * @throws OrthantError `run` if the run is finished or another process works on it
 */
export function openForResume(run: string): RunFolder {
  const folder = RunFolder.open(run);
  const { state, result } = folder.read();
  if (lockHolder(folder.read()) === undefined && state === 'finished') {
    throw new OrthantError(
      'run',
      `The run in ${folder.path} is finished (${result?.epochs ?? 0} epochs${result?.stopped === 'early-stopping' ? ', stopped early' : ''}); it cannot be resumed. To train longer, start a new run with more epochs.`,
      { field: 'run' },
    );
  }
  folder.lock();
  return folder;
}
