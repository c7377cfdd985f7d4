import { runConfigurationSchema, type RunConfiguration } from '../../native/contract/configuration.ts';
import { OrthantError, parseOrThrow } from '../../native/contract/errors.ts';
import { epochsByRows } from '../../native/contract/epochSteps.ts';
import { z } from 'zod';
import { Listeners } from '../logic/listeners.ts';

interface State {
  /** Null in the empty window. */
  readonly configuration: RunConfiguration | null;
  /** Whether the number of epochs follows the number of rows, because the user has not set it. */
  readonly epochsByRows?: boolean | undefined;
}

/** The state before (in the past) or after (in the future) a change. */
interface Change extends State {
  readonly label: string;
  /** File of the document before, if the change replaced the document. */
  readonly document?: { readonly path?: string | undefined } | undefined;
}

const changeSchema = z.object({
  label: z.string(),
  configuration: runConfigurationSchema.nullable(),
  epochsByRows: z.boolean().optional(),
  document: z.object({ path: z.string().optional() }).optional(),
});
const draftSchema = z.object({
  configuration: runConfigurationSchema.nullable(),
  epochsByRows: z.boolean().default(false),
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
  /** Whether the epochs follow the number of rows: for a data file, until the user sets them. */
  epochsByRows = $state(false);
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
    const chosen = draft.training.epochs !== this.current.training.epochs;
    this.#step(label, { configuration: draft, epochsByRows: this.epochsByRows && !chosen }, field);
  }

  /**
   * Replaces the configuration; this can be undone.
   *
   * @param path - file of the new document
   */
  replace(label: string, configuration: RunConfiguration | null, path?: string): void {
    this.#replace(label, { configuration }, path);
  }

  /** Replaces the configuration with the default one for a data file. */
  openData(path: string): void {
    const configuration = runConfigurationSchema.parse({ data: { source: { kind: 'file', path } } });
    this.#replace('open data', { configuration, epochsByRows: true });
  }

  /** Sets the epochs by the rows of the training split unless the user has set them; not an undo step. */
  followRows(rows: number): void {
    if (!this.epochsByRows || this.current === null) return;
    const { training } = this.current;
    const epochs = epochsByRows(training, rows);
    if (epochs === training.epochs) return;
    this.current = { ...this.current, training: { ...training, epochs } };
    this.changed.call();
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
      epochsByRows: this.epochsByRows,
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
    this.#set(parsed.data);
    return true;
  }

  /** The change that leads back to the current state. */
  #opposite({ label, document }: Change): Change {
    const now = { label, configuration: this.current, epochsByRows: this.epochsByRows };
    return document === undefined ? now : { ...now, document: { path: this.path } };
  }

  #takeBack(change: Change): void {
    // Otherwise, after undoing the opening of a document, saving would overwrite that document's file.
    if (change.document !== undefined) this.path = change.document.path;
    this.#set(change);
  }

  #replace(label: string, next: State, path?: string): void {
    const document = { path: this.path };
    this.path = path;
    this.#step(label, next, undefined, document);
  }

  #step(label: string, next: State, field: string | undefined, document?: Change['document']): void {
    const now = this.#now();
    const merge = field !== undefined && field === this.#lastField && now - this.#lastTime < mergeMilliseconds;
    if (!merge) {
      const before = { label, configuration: this.current, epochsByRows: this.epochsByRows };
      this.#past = [...this.#past, { ...before, ...(document === undefined ? {} : { document }) }].slice(-depth);
    }
    this.#future = [];
    this.#set(next);
    this.#lastField = field;
    this.#lastTime = now;
  }

  #set({ configuration, epochsByRows = false }: State): void {
    this.current = configuration;
    this.epochsByRows = epochsByRows;
    this.#lastField = undefined;
    this.changed.call();
  }
}
