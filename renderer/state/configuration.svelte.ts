import { runConfigurationSchema, type RunConfiguration } from '../../native/contract/configuration.ts';
import { OrthantError, parseOrThrow } from '../../native/contract/errors.ts';
import { z } from 'zod';

interface Change {
  readonly label: string;
  /** The configuration before (in the past) or after (in the future) the change; null is the empty window. */
  readonly configuration: RunConfiguration | null;
  /** Where another document was put in the place of this one: the file of this one. */
  readonly document?: { readonly path?: string | undefined } | undefined;
}

const changeSchema = z.object({
  label: z.string(),
  configuration: runConfigurationSchema.nullable(),
  document: z.object({ path: z.string().optional() }).optional(),
});
const draftSchema = z.object({
  configuration: runConfigurationSchema.nullable(),
  path: z.string().optional(),
  past: z.array(changeSchema),
  future: z.array(changeSchema),
});

/** Steps that can be taken back; older ones are forgotten. */
const depth = 100;
/** Changes of the same field within this time are one step. */
const mergeMilliseconds = 1200;

/** The configuration in work, as one document: changed through one door, undone, redone, saved, opened and pasted. */
export class ConfigurationDocument {
  current = $state.raw<RunConfiguration | null>(null);
  /** The document's file, once it was saved or opened. */
  path = $state<string | undefined>();
  #past = $state.raw<readonly Change[]>([]);
  #future = $state.raw<readonly Change[]>([]);
  #lastField: string | undefined;
  #lastTime = 0;
  readonly #now: () => number;
  readonly #listeners = new Set<() => void>();

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  readonly undoLabel = $derived(this.#past.at(-1)?.label);
  readonly redoLabel = $derived(this.#future.at(-1)?.label);

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Changes the configuration.
   *
   * @param label - what is done, for undo: "remove a layer"
   * @param recipe - changes the copy it is given
   * @param field - successive changes of one field (typing a number) become one step
   */
  change(label: string, recipe: (draft: RunConfiguration) => void, field?: string): void {
    if (this.current === null) return;
    const draft = structuredClone(this.current);
    recipe(draft);
    if (JSON.stringify(draft) === JSON.stringify(this.current)) return;
    this.#step(label, draft, field);
  }

  /** Puts another configuration in the place of this one; that can be undone, too. */
  replace(label: string, configuration: RunConfiguration | null, path?: string): void {
    const document = { path: this.path };
    this.path = path;
    this.#step(label, configuration, undefined, document);
  }

  undo(): void {
    const change = this.#past.at(-1);
    if (change === undefined) return;
    this.#past = this.#past.slice(0, -1);
    this.#future = [...this.#future, this.#opposite(change)];
    this.#takeBack(change);
  }

  redo(): void {
    const change = this.#future.at(-1);
    if (change === undefined) return;
    this.#future = this.#future.slice(0, -1);
    this.#past = [...this.#past, this.#opposite(change)];
    this.#takeBack(change);
  }

  /** The document's text, as it is saved. */
  text(): string {
    return `${JSON.stringify(this.current, null, 2)}\n`;
  }

  /**
   * Takes a document's text as the configuration.
   *
   * @throws OrthantError `configuration` when it is no JSON or no configuration
   */
  read(text: string, label: string, path?: string): void {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      throw new OrthantError(
        'configuration',
        `This is not a configuration document: it is not valid JSON (${error instanceof Error ? error.message : ''}). A document is saved by Orthant as a .orthant file.`,
        { cause: error },
      );
    }
    this.replace(
      label,
      parseOrThrow(runConfigurationSchema, value, 'This configuration document', 'configuration'),
      path,
    );
  }

  /** All of it, for the host to keep. */
  draft(): Record<string, unknown> {
    return {
      configuration: this.current,
      ...(this.path === undefined ? {} : { path: this.path }),
      past: this.#past,
      future: this.#future,
    };
  }

  /** Takes back what {@link draft} gave; a draft of another version that no longer fits is left alone. */
  restore(draft: unknown): boolean {
    const parsed = draftSchema.safeParse(draft);
    if (!parsed.success) return false;
    this.#past = parsed.data.past;
    this.#future = parsed.data.future;
    this.path = parsed.data.path;
    this.#set(parsed.data.configuration);
    return true;
  }

  /** What leads back to where the document is now. */
  #opposite({ label, document }: Change): Change {
    const now = { label, configuration: this.current };
    return document === undefined ? now : { ...now, document: { path: this.path } };
  }

  #takeBack({ configuration, document }: Change): void {
    // Otherwise undoing the opening of a document would leave its file to be overwritten by the one before.
    if (document !== undefined) this.path = document.path;
    this.#set(configuration);
  }

  #step(
    label: string,
    configuration: RunConfiguration | null,
    field: string | undefined,
    document?: Change['document'],
  ): void {
    const now = this.#now();
    const merge = field !== undefined && field === this.#lastField && now - this.#lastTime < mergeMilliseconds;
    if (!merge) {
      const before = { label, configuration: this.current, ...(document === undefined ? {} : { document }) };
      this.#past = [...this.#past, before].slice(-depth);
    }
    this.#future = [];
    this.#set(configuration);
    this.#lastField = field;
    this.#lastTime = now;
  }

  #set(configuration: RunConfiguration | null): void {
    this.current = configuration;
    this.#lastField = undefined;
    for (const listener of this.#listeners) listener();
  }
}
