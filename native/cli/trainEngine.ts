import { startVariables, type CallRequest } from '../contract/engine.ts';
import { Engine, type EngineOptions } from './client.ts';

/**
 * Starts a process that trains, and has it load TensorFlow, which takes longer than anything else before the first step.
 * It is started before it is known what it needs in its environment: that is nothing on most computers, and on the
 * others it is started again.
 *
 * @param data - an engine of the role `data`, which finds out what is needed
 * @param settings - of the engine
 * @throws what `settings` is rejected with
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
    // What cannot be loaded is told by the call that needs it.
    engine.call('load', runtime).catch(() => undefined);
    return engine;
  } catch (error) {
    engine.kill();
    throw error;
  }
}
