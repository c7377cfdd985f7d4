import { homedir } from 'node:os';
import path from 'node:path';

/**
 * Folders of Orthant's own files on this computer. An environment variable of the folder's name overrides the usual
 * place. `platform` is as `process.platform`: a place can also be named for another system.
 */

/**
 * The system's usual place for a kind of file: in the user's library on macOS, with the local data of applications on
 * Windows, elsewhere by the XDG base directory specification.
 *
 * @param {string} variable
 * @param {{ library: string, xdg: string, home: string }} usual
 */
const systemFolder =
  (variable, usual) =>
  /** @type {(env?: NodeJS.ProcessEnv, platform?: string, home?: string) => string} */
  (env = process.env, platform = process.platform, home = homedir()) => {
    const { join, resolve } = pathsOf(platform);
    const chosen = env[variable];
    if (chosen) return resolve(chosen);
    if (platform === 'darwin') return join(home, 'Library', usual.library);
    if (platform === 'win32') return join(env.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'orthant');
    return join(env[usual.xdg] ?? join(home, usual.home), 'orthant');
  };

/** @param {string} platform */
const pathsOf = (platform) => (platform === 'win32' ? path.win32 : path.posix);

/** Small files of the hosts, such as drafts and sessions: `ORTHANT_STATE`, or the platform's place for such files. */
export const stateFolder = systemFolder('ORTHANT_STATE', {
  library: 'Application Support/Orthant',
  xdg: 'XDG_STATE_HOME',
  home: '.local/state',
});

/** TensorFlow, outside the repository: `ORTHANT_CACHE`, or the platform's place for caches. */
export const cacheFolder = systemFolder('ORTHANT_CACHE', {
  library: 'Caches/orthant',
  xdg: 'XDG_CACHE_HOME',
  home: '.cache',
});

/**
 * Runs without a folder on the command line: `ORTHANT_RUNS`, or `Orthant/runs` in the home folder.
 * @param {NodeJS.ProcessEnv} [env]
 * @param {string} [platform]
 * @param {string} [home]
 */
export function runsFolder(env = process.env, platform = process.platform, home = homedir()) {
  const { join, resolve } = pathsOf(platform);
  return env.ORTHANT_RUNS ? resolve(env.ORTHANT_RUNS) : join(home, 'Orthant', 'runs');
}
