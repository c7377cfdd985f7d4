import { runtimeSettingsSchema, type RuntimeSettings } from '../contract/configuration.ts';
import type { EngineRuntime } from '../tensorflow/backend.ts';

/** The part of the settings that decides which engine is opened. */
type EngineSettings = Omit<RuntimeSettings, 'execution'>;

/**
 * The training library, loaded when first needed, as other calls do not need it. It stays open, and is reopened if a
 * run needs another engine.
 */
export class Library {
  #opened: { readonly key: string; readonly runtime: Promise<EngineRuntime> } | undefined;

  /**
   * @throws OrthantError `engine` if the requested engine or device is not available, or needs a restarted process
   */
  open(settings: EngineSettings): Promise<EngineRuntime> {
    const key = JSON.stringify([settings.engine, settings.device, settings.deterministic]);
    if (this.#opened?.key === key) return this.#opened.runtime;
    const runtime = this.#replace(this.#opened?.runtime, settings);
    this.#opened = { key, runtime };
    runtime.catch(() => {
      if (this.#opened?.runtime === runtime) this.#opened = undefined;
    });
    return runtime;
  }

  async #replace(old: Promise<EngineRuntime> | undefined, settings: EngineSettings): Promise<EngineRuntime> {
    const { openEngine } = await import('../tensorflow/backend.ts');
    (await old?.catch(() => undefined))?.dispose();
    return openEngine(settings);
  }

  /** The open engine, whichever it is; opens the best available one if none is open. */
  any(): Promise<EngineRuntime> {
    return this.#opened?.runtime ?? this.open(runtimeSettingsSchema.parse({}));
  }
}
