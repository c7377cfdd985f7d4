import path from 'node:path';
import { z } from 'zod';
import { JsonFile } from './jsonFile.ts';

const draftSchema = z.record(z.string(), z.unknown());
export type Draft = z.infer<typeof draftSchema>;
type DraftFile = JsonFile<z.ZodOptional<typeof draftSchema>>;

/** The kinds of host: both may run at once. */
const kinds = ['electron', 'browser'] as const;
export type DraftKind = (typeof kinds)[number];

/** The file in which a kind of host keeps its draft. */
const fileOf = (kind: DraftKind): string => `draft-${kind}.json`;
export const draftFiles: readonly string[] = kinds.map(fileOf);

/**
 * The window's unsaved work, so that a crash or a reload loses nothing. The latest draft wins among the windows of a host.
 * Each kind of host has its own draft, so that two running hosts do not overwrite each other's; a host without a draft
 * starts with the other's.
 */
export class Drafts {
  readonly #file: DraftFile;
  readonly #others: readonly DraftFile[];
  #latest: Draft | undefined;
  /** The next write, not yet started; it writes the latest draft. */
  #next: Promise<void> | undefined;

  constructor(stateFolder: string, own: DraftKind) {
    const open = (kind: DraftKind): DraftFile =>
      new JsonFile(path.join(stateFolder, fileOf(kind)), draftSchema.optional(), undefined);
    this.#file = open(own);
    this.#others = kinds.filter((kind) => kind !== own).map(open);
  }

  async load(): Promise<Draft | undefined> {
    if (this.#latest !== undefined) return this.#latest;
    for (const file of [this.#file, ...this.#others]) {
      const draft = await file.read();
      if (draft !== undefined) return draft;
    }
    return undefined;
  }

  /** Saves `draft`; of several that arrive during a write, only the last is saved. */
  save(draft: Draft): Promise<void> {
    this.#latest = draft;
    this.#next ??= this.#file.update(() => {
      this.#next = undefined;
      return this.#latest;
    });
    return this.#next;
  }
}
