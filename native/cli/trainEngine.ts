import { startVariables, type CallRequest } from '../contract/engine.ts';
import { Engine, type EngineOptions } from './client.ts';

/**
 * Starts a training process and lets it load TensorFlow, which takes longer than anything else before the first step.
 * The process is started before its environment is known: most computers need no variables, and on the others it is
 * restarted.
 *
 * @param data - an engine of the role `data`, which determines the environment
 * @param settings - the engine settings
 * @throws the reason with which `settings` is rejected
 */
export async function trainEngine(
  data: Engine,
  settings: Promise<CallRequest<'trainEnvironment'>>,
  options: EngineOptions,
): Promise<Engine> {
  let engine = new Engine('train', options);
  try {
    const runtime = await settings;
    const environment = await data.call('trainEnvironment', runtime);
    if (startVariables.some((name) => environment[name] !== undefined)) {
      engine.kill();
      engine = new Engine('train', { ...options, environment });
    }
    // The call that needs the library reports that it cannot be loaded.
    engine.call('load', runtime).catch(() => undefined);
    return engine;
  } catch (error) {
    engine.kill();
    throw error;
  }
}
