import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { OrthantError } from '../../native/contract/errors.ts';
import { describeFileError } from '../../native/contract/fileErrors.ts';
import { makeFolder } from '../../native/system/files.mjs';
import { runsFolder, stateFolder } from '../../native/system/folders.mjs';

/** Folders of the hosts. Both hosts use the same ones, so that one finds the files of the other. */
export interface Folders {
  /** Recent files, drafts, sessions: small files of the host. */
  readonly state: string;
  /** Files uploaded through a browser. Runs refer to them, so they stay. */
  readonly uploads: string;
  /** Run folders; the command line uses the same. */
  readonly runs: string;
}

/** The folders of this computer. */
export function findFolders(): Folders {
  const state = stateFolder();
  return { state, uploads: path.join(state, 'uploads'), runs: runsFolder() };
}

/**
 * Makes the host's own folder if it does not exist. Without it no login and no work could be stored.
 *
 * @throws OrthantError `file` when it cannot be made or written to
 */
export function prepareState(folder: string): void {
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK);
  } catch (error) {
    const { message } = describeFileError(error, `write to ${folder}`);
    const text = `${message} Orthant keeps its own files there; ORTHANT_STATE names another folder.`;
    throw new OrthantError('file', text, { cause: error });
  }
}

/** Whether a path lies below a folder, whatever `..` it holds. */
export function isBelow(folder: string, file: string): boolean {
  const way = path.relative(folder, path.resolve(file));
  return path.isAbsolute(file) && way !== '' && way.split(path.sep)[0] !== '..' && !path.isAbsolute(way);
}
