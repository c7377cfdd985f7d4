import path from 'node:path';
import type { Engine } from '../../../native/cli/client.ts';
import { trainEngine } from '../../../native/cli/trainEngine.ts';
import { runtimeSettingsSchema, type RunConfiguration } from '../../../native/contract/configuration.ts';
import { fromErrorMessage } from '../../../native/contract/errors.ts';
import type { TrainingResult } from '../../../native/contract/results.ts';
import { root } from '../benchProcesses.mjs';

/** The built engine. */
export const engineFile = path.join(root, '.dist/native/engine.js');

interface Pending {
  readonly resolve: (result: TrainingResult) => void;
  readonly reject: (error: Error) => void;
}

/** Trains one run at a time, all in one process, which is started again after a crash. */
export class BenchTrainer {
  readonly #data: Engine;
  #engine: Engine | undefined;
  #pending: Pending | undefined;

  /** @param data - an engine of the role `data` */
  constructor(data: Engine) {
    this.#data = data;
  }

  /**
   * @param out - the run folder, which must not exist
   * @throws the reason why the run failed
   */
  async train(configuration: RunConfiguration, out: string): Promise<TrainingResult> {
    const engine = (this.#engine ??= await this.#start());
    return new Promise((resolve, reject) => {
      this.#pending = { resolve, reject };
      engine.call('start', { configuration, out }).catch(reject);
    });
  }

  /** Ends the process at once. */
  kill(): void {
    this.#engine?.kill();
  }

  async #start(): Promise<Engine> {
    const engine = await trainEngine(this.#data, Promise.resolve(runtimeSettingsSchema.parse({})), {
      file: engineFile,
    });
    engine.subscribe((event) => {
      if (event.event === 'finished') this.#pending?.resolve(event.result);
      if (event.event === 'failed') this.#pending?.reject(fromErrorMessage(event.error));
    });
    void engine.ended.then((reason) => {
      this.#engine = undefined;
      this.#pending?.reject(new Error(reason));
    });
    return engine;
  }
}
