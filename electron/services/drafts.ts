import path from 'node:path';
import { z } from 'zod';
import { JsonFile } from './jsonFile.ts';

const draftSchema = z.record(z.string(), z.unknown());
export type Draft = z.infer<typeof draftSchema>;

/** What the window keeps for itself, so that a crash or a reload loses nothing. The latest one wins. */
export class Drafts {
  readonly #file: JsonFile<z.ZodOptional<typeof draftSchema>>;
  #latest: Draft | undefined;
  /** The write that will take the latest draft along and has not begun. */
  #next: Promise<void> | undefined;

  constructor(stateFolder: string) {
    this.#file = new JsonFile(path.join(stateFolder, 'draft.json'), draftSchema.optional(), undefined);
  }

  async load(): Promise<Draft | undefined> {
    return this.#latest ?? (await this.#file.read());
  }

  /** Saves `draft`; of those that come while one is being written, only the last is. */
  save(draft: Draft): Promise<void> {
    this.#latest = draft;
    this.#next ??= this.#file.update(() => {
      this.#next = undefined;
      return this.#latest;
    });
    return this.#next;
  }
}
