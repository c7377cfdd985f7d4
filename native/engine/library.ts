import { runtimeSettingsSchema, type RuntimeSettings } from '../contract/configuration.ts';
import { OrthantError } from '../contract/errors.ts';
import type { EngineRuntime } from '../tensorflow/backend.ts';

/** The part of the settings that decides which engine is opened. */
type EngineSettings = Omit<RuntimeSettings, 'execution'>;

/**
 * The library that trains, loaded when it is first needed: the process answers what needs no library without it. It
 * stays open, and is opened anew when a run asks for another engine.
 */
export class Library {
  #opened: { readonly key: string; readonly runtime: EngineRuntime } | undefined;
  #tensorflowLoaded = false;

  /**
   * @throws OrthantError `engine` when what is asked for by name cannot be had, or only by a process that is started
   *   anew
   */
  async open(settings: EngineSettings): Promise<EngineRuntime> {
    const key = JSON.stringify([settings.engine, settings.device, settings.deterministic]);
    if (this.#opened?.key === key) return this.#opened.runtime;
    await this.#refuseLateVariables(settings);
    const { openEngine } = await import('../tensorflow/backend.ts');
    this.#opened?.runtime.dispose();
    this.#opened = undefined;
    const runtime = await openEngine(settings);
    this.#tensorflowLoaded ||= runtime.engine === 'tensorflow';
    this.#opened = { key, runtime };
    return runtime;
  }

  /** What is open now, whichever engine; opens the best there is when none is. */
  async any(): Promise<EngineRuntime> {
    return this.#opened?.runtime ?? (await this.open(runtimeSettingsSchema.parse({})));
  }

  /** On a card, some settings count only before TensorFlow is loaded. */
  async #refuseLateVariables(settings: EngineSettings): Promise<void> {
    if (!this.#tensorflowLoaded || settings.engine === 'wasm') return;
    const { findInstallation } = await import('../tensorflow/installation.ts');
    const { engineEnvironment } = await import('../tensorflow/environment.ts');
    const { card } = await findInstallation();
    if (card === undefined || Object.keys(await engineEnvironment(process.env, settings)).length === 0) return;
    throw new OrthantError(
      'engine',
      'TensorFlow was loaded in this engine process with another device or without deterministic kernels, and takes neither back. Start the engine again for this run.',
      { field: 'runtime' },
    );
  }
}
