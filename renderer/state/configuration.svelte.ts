import { runConfigurationSchema, type RunConfiguration } from '../../native/contract/configuration.ts';
import { OrthantError, parseOrThrow } from '../../native/contract/errors.ts';
import { z } from 'zod';
import { Listeners } from '../logic/listeners.ts';

/** The state before (in the past) or after (in the future) a change. */
interface Change {
  readonly label: string;
  /** Null in the empty window. */
  readonly configuration: RunConfiguration | null;
  /** File of the document before, if the change replaced the document. */
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

/** Steps that can be undone; older ones are dropped. */
const depth = 100;
/** Changes of the same field within this time merge into one step. */
const mergeMilliseconds = 1200;

/** The current configuration as one document, with undo and redo, saving, opening and pasting. */
export class ConfigurationDocument {
  current = $state.raw<RunConfiguration | null>(null);
  /** The document's file, once it was saved or opened. */
  path = $state<string | undefined>();
  readonly changed = new Listeners();
  #past = $state.raw<readonly Change[]>([]);
  #future = $state.raw<readonly Change[]>([]);
  #lastField: string | undefined;
  #lastTime = 0;
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  readonly undoLabel = $derived(this.#past.at(-1)?.label);
  readonly redoLabel = $derived(this.#future.at(-1)?.label);

  /**
   * Changes the configuration.
   *
   * @param label - name of the change, for undo: "remove a layer"
   * @param recipe - changes a copy of the configuration
   * @param field - successive changes of one field (typing a number) merge into one step
   */
  change(label: string, recipe: (draft: RunConfiguration) => void, field?: string): void {
    if (this.current === null) return;
    const draft = structuredClone(this.current);
    recipe(draft);
    if (JSON.stringify(draft) === JSON.stringify(this.current)) return;
    this.#step(label, draft, field);
  }

  /**
   * Replaces the configuration; this can be undone.
   *
   * @param path - file of the new document
   */
  replace(label: string, configuration: RunConfiguration | null, path?: string): void {
    const document = { path: this.path };
    this.path = path;
    this.#step(label, configuration, undefined, document);
  }

  /** Replaces the configuration with the default one for a data file. */
  openData(path: string): void {
    const configuration = runConfigurationSchema.parse({ data: { source: { kind: 'file', path } } });
    this.replace('open data', configuration);
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

  /** The document's text as saved. */
  text(): string {
    return `${JSON.stringify(this.current, null, 2)}\n`;
  }

  /**
   * Replaces the configuration with one read from text.
   *
   * @throws OrthantError `configuration` if the text is not JSON or not a configuration
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

  /** The document with its history, for the host to store. */
  draft(): Record<string, unknown> {
    return {
      configuration: this.current,
      ...(this.path === undefined ? {} : { path: this.path }),
      past: this.#past,
      future: this.#future,
    };
  }

  /** Restores the result of {@link draft}; ignores a draft of another version that no longer fits. */
  restore(draft: unknown): boolean {
    const parsed = draftSchema.safeParse(draft);
    if (!parsed.success) return false;
    this.#past = parsed.data.past;
    this.#future = parsed.data.future;
    this.path = parsed.data.path;
    this.#set(parsed.data.configuration);
    return true;
  }

  /** The change that leads back to the current state. */
  #opposite({ label, document }: Change): Change {
    const now = { label, configuration: this.current };
    return document === undefined ? now : { ...now, document: { path: this.path } };
  }

  #takeBack(change: Change): void {
    // Otherwise, after undoing the opening of a document, saving would overwrite that document's file.
    if (change.document !== undefined) this.path = change.document.path;
    this.#set(change.configuration);
  }

  #step(label: string, next: RunConfiguration | null, field: string | undefined, document?: Change['document']): void {
    const now = this.#now();
    const merge = field !== undefined && field === this.#lastField && now - this.#lastTime < mergeMilliseconds;
    if (!merge) {
      const before = { label, configuration: this.current };
      this.#past = [...this.#past, { ...before, ...(document === undefined ? {} : { document }) }].slice(-depth);
    }
    this.#future = [];
    this.#set(next);
    this.#lastField = field;
    this.#lastTime = now;
  }

  #set(configuration: RunConfiguration | null): void {
    this.current = configuration;
    this.#lastField = undefined;
    this.changed.call();
  }
}
