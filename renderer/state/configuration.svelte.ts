import { runConfigurationSchema, type RunConfiguration } from '../../native/contract/configuration.ts';
import { OrthantError, parseOrThrow } from '../../native/contract/errors.ts';
import { epochsByRows } from '../../native/contract/steps.ts';
import { z } from 'zod';
import { Listeners } from '../logic/listeners.ts';

interface State {
  /** Null is the empty window. */
  readonly configuration: RunConfiguration | null;
  /** Whether its epochs are those of the number of rows, since nobody has chosen them. */
  readonly epochsByRows?: boolean | undefined;
}

/** The state before (in the past) or after (in the future) a change. */
interface Change extends State {
  readonly label: string;
  /** Where another document was put in the place of this one: the file of this one. */
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

/** Steps that can be taken back; older ones are forgotten. */
const depth = 100;
/** Changes of the same field within this time are one step. */
const mergeMilliseconds = 1200;

/** The configuration in work, as one document: changed through one door, undone, redone, saved, opened and pasted. */
export class ConfigurationDocument {
  current = $state.raw<RunConfiguration | null>(null);
  /** The document's file, once it was saved or opened. */
  path = $state<string | undefined>();
  /** Whether the epochs follow the number of rows: in the configuration of a data file, until somebody sets them. */
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
   * @param label - what is done, for undo: "remove a layer"
   * @param recipe - changes the copy it is given
   * @param field - successive changes of one field (typing a number) become one step
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
   * Puts another configuration in the place of this one; that can be undone, too.
   *
   * @param path - of its document
   */
  replace(label: string, configuration: RunConfiguration | null, path?: string): void {
    this.#replace(label, { configuration }, path);
  }

  /** Puts the configuration that a data file has by default in the place of this one. */
  openData(path: string): void {
    const configuration = runConfigurationSchema.parse({ data: { source: { kind: 'file', path } } });
    this.#replace('open data', { configuration, epochsByRows: true });
  }

  /** Sets the epochs by the rows of the training split, where nobody has chosen them; no step that could be undone. */
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
      epochsByRows: this.epochsByRows,
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
    this.#set(parsed.data);
    return true;
  }

  /** What leads back to where the document is now. */
  #opposite({ label, document }: Change): Change {
    const now = { label, configuration: this.current, epochsByRows: this.epochsByRows };
    return document === undefined ? now : { ...now, document: { path: this.path } };
  }

  #takeBack(change: Change): void {
    // Otherwise undoing the opening of a document would leave its file to be overwritten by the one before.
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
