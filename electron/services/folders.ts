import { accessSync, constants, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { OrthantError } from '../../native/contract/errors.ts';
import { describeFileError } from './fileError.ts';

/** Where the hosts keep what is theirs. Both hosts use the same folders, so that one finds what the other left. */
export interface Folders {
  /** Recent files, drafts, sessions: small files of the host. */
  readonly state: string;
  /** Files that came in through a browser. Runs refer to them, so they stay. */
  readonly uploads: string;
  /** Run folders; the command line uses the same. */
  readonly runs: string;
}

/**
 * The folders of this computer; `ORTHANT_STATE` and `ORTHANT_RUNS` override them.
 *
 * @param env - the environment variables
 * @param platform - as `process.platform`
 */
export function findFolders(
  env: NodeJS.ProcessEnv = process.env,
  platform: string = process.platform,
  home: string = homedir(),
): Folders {
  const system = platform === 'win32' ? path.win32 : path.posix;
  const state = (): string => {
    if (env.ORTHANT_STATE) return system.resolve(env.ORTHANT_STATE);
    if (platform === 'darwin') return system.join(home, 'Library', 'Application Support', 'Orthant');
    if (platform === 'win32') return system.join(env.LOCALAPPDATA ?? system.join(home, 'AppData', 'Local'), 'Orthant');
    return system.join(env.XDG_STATE_HOME ?? system.join(home, '.local', 'state'), 'orthant');
  };
  return {
    state: state(),
    uploads: system.join(state(), 'uploads'),
    runs: env.ORTHANT_RUNS ? system.resolve(env.ORTHANT_RUNS) : system.join(home, 'Orthant', 'runs'),
  };
}

/**
 * Makes a folder of the host's own where it is not there. Without it no window could be let in, and nothing of its work be
 * kept.
 *
 * @throws OrthantError `file` when it cannot be made or written to
 */
export function prepareState(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    const { message } = describeFileError(error, folder, 'written');
    throw new OrthantError(
      'file',
      `${message} Orthant keeps its own files there; ORTHANT_STATE names another folder.`,
      {
        cause: error,
      },
    );
  }
}

/** Whether a path lies below a folder, whatever `..` it holds. */
export function isBelow(folder: string, file: string): boolean {
  const way = path.relative(folder, path.resolve(file));
  return path.isAbsolute(file) && way !== '' && way.split(path.sep)[0] !== '..' && !path.isAbsolute(way);
}
