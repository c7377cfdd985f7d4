import { runtimeSettingsSchema, type RuntimeSettings } from '../contract/configuration.ts';
import type { EngineRuntime } from '../tensorflow/backend.ts';

/** The part of the settings that decides which engine is opened. */
type EngineSettings = Omit<RuntimeSettings, 'execution'>;

/**
 * The library that trains, loaded when it is first needed: the process answers what needs no library without it. It
 * stays open, and is opened anew when a run asks for another engine.
 */
export class Library {
  #opened: { readonly key: string; readonly runtime: Promise<EngineRuntime> } | undefined;

  /**
   * @throws OrthantError `engine` when what is asked for by name cannot be had, or only by a process that is started
   *   anew
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

  /** What is open now, whichever engine; opens the best there is when none is. */
  any(): Promise<EngineRuntime> {
    return this.#opened?.runtime ?? this.open(runtimeSettingsSchema.parse({}));
  }
}
