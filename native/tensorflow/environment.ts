import { OrthantError } from '../contract/errors.ts';
import { chooseEngine, choiceVariables, type EngineOptions } from './choice.ts';
import { findInstallation } from './installation.ts';

/**
 * The environment variables to add before starting a process that calls `openEngine` with the same options; empty if
 * nothing must change. The loader reads `LD_LIBRARY_PATH` before the first line of a program runs, so with an NVIDIA card
 * the parent must set it. Without one `openEngine` sets missing variables itself.
 *
 * @param env The environment the process would start with.
 */
export async function engineEnvironment(
  env: NodeJS.ProcessEnv = process.env,
  options: EngineOptions = {},
): Promise<Record<string, string>> {
  if (options.engine === 'wasm') return {};
  const installation = await findInstallation(env);
  try {
    return choiceVariables(chooseEngine(installation, options), installation, env, options.deterministic);
  } catch (error) {
    // A missing engine cannot be prepared; `openEngine` reports the error to the user.
    if (error instanceof OrthantError) return {};
    throw error;
  }
}
