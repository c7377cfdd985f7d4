import { homedir } from 'node:os';
import path from 'node:path';

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

/** Whether a path lies below a folder, whatever `..` it holds. */
export function isBelow(folder: string, file: string): boolean {
  const way = path.relative(folder, path.resolve(file));
  return path.isAbsolute(file) && way !== '' && way.split(path.sep)[0] !== '..' && !path.isAbsolute(way);
}
