import { OrthantError } from '../contract/errors.ts';
import { chooseEngine, choiceVariables, type EngineOptions } from './choice.ts';
import { findInstallation } from './installation.ts';

/**
 * The environment variables to add before the process starts that will call `openEngine` with the same options; empty
 * where nothing must change. The loader reads `LD_LIBRARY_PATH` before the first line of a program runs, so with an
 * NVIDIA card the parent must set it. Without one `openEngine` sets by itself whatever is missing.
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
    // What is not there cannot be prepared; `openEngine` says so where it is told to the person.
    if (error instanceof OrthantError) return {};
    throw error;
  }
}
