import type { RunConfiguration } from '../../native/contract/configuration.ts';
import type { FileKind } from '../../native/contract/window.ts';
import { fileName, sourceName } from '../logic/fileName.ts';
import type { Page } from '../logic/steps.ts';
import type { Workspace } from './workspace.svelte.ts';

type Method = RunConfiguration['constraint']['method'];

/** Opening of files, samples and earlier runs, and saving of the configuration. */
export class Opening {
  /** Uploaded share of a file, 0 to 1, during the upload. */
  upload = $state<number | undefined>();
  readonly #work: Workspace;

  constructor(work: Workspace) {
    this.#work = work;
  }

  /** Lets the user choose a file and opens it. */
  choose(kind: FileKind): Promise<void> {
    return this.#upload(async (progress) => {
      const path = await this.#work.files.choose(kind, progress);
      if (path !== undefined) await this.openPath(path, kind);
    });
  }

  /** Lets the user choose the data file that is missing at the configuration's path. */
  locate(): Promise<void> {
    return this.#upload(async (progress) => {
      const path = await this.#work.files.choose('data', progress);
      if (path !== undefined) await this.#readAt(path);
    });
  }

  /** Opens a file dropped on the window. */
  drop(file: File): Promise<void> {
    return this.#upload(async (progress) => {
      const path = await this.#work.files.dropped(file, progress);
      await this.openPath(path, /\.orthant$/i.test(file.name) ? 'configuration' : 'data');
    });
  }

  async openPath(path: string, kind: FileKind): Promise<void> {
    const { document, connection, view } = this.#work;
    if (kind === 'data' && this.#isAwaited(path)) return this.#readAt(path);
    if (kind === 'configuration') {
      const { text } = await connection.call('readDocument', { path });
      document.read(text, 'open a document', path);
    } else {
      document.openData(path);
    }
    view.showTable();
    await this.#showData(path, kind);
  }

  /** Opens a sample with its recommended configuration, optionally with another method. */
  async takeSample(id: string, method?: Method, page: Page = 'data'): Promise<void> {
    const { catalogue, document, messages, view } = this.#work;
    const from = view.page;
    await messages.attempt(async () => {
      const configuration = structuredClone(await catalogue.recommended(id));
      if (method !== undefined) configuration.constraint.method = method;
      document.replace(`take the sample ${id}`, configuration);
      view.showTable();
      this.#loadAhead();
      // A user who has opened another step meanwhile stays there.
      if (view.page === from) this.#work.go(page);
    });
  }

  /** Makes a run's configuration the current one. */
  async duplicate(run: string): Promise<void> {
    const { connection, document, messages } = this.#work;
    await messages.attempt(async () => {
      const { name, configuration } = await connection.call('runRecord', { run });
      document.replace('use the configuration of a run', configuration);
      this.#work.go('constraint');
      messages.show(`The configuration is now that of “${name}”. Undo restores the one before.`);
    });
  }

  /** Saves the document in its file, or in a file that the user chooses if it has none or with `elsewhere`. */
  async save(elsewhere = false): Promise<void> {
    const { document, files, messages } = this.#work;
    await messages.attempt(async () => {
      const { current, path } = document;
      if (current === null) return;
      const name = current.name ?? sourceName(current);
      const saved = await files.saveText(
        `${name.replaceAll(/[^\w.-]+/g, '-')}.orthant`,
        document.text(),
        elsewhere ? undefined : path,
      );
      if (saved === undefined) return;
      document.path = saved.path;
      this.#work.draft.saveSoon();
      messages.show(`The configuration was saved: ${saved.place}.`);
    });
  }

  async #upload(work: (progress: (share: number) => void) => Promise<void>): Promise<void> {
    await this.#work.messages.attempt(() => work((share) => (this.upload = share)));
    this.upload = undefined;
  }

  /** Changes only the path of the data in the current configuration. */
  async #readAt(path: string): Promise<void> {
    this.#work.document.change('locate the file', ({ data }) => {
      data.source = { kind: 'file', path };
    });
    await this.#showData(path, 'data');
  }

  /** Whether a file has the name of the missing data file of the current configuration. */
  #isAwaited(path: string): boolean {
    const { data, document } = this.#work;
    const source = document.current?.data.source;
    return data.isAbsent && source?.kind === 'file' && fileName(source.path) === fileName(path);
  }

  /** Shows the opened data. */
  async #showData(path: string, kind: FileKind): Promise<void> {
    const { catalogue, data } = this.#work;
    // The same file may have changed or become readable.
    if (!data.opening) data.refresh();
    this.#work.go('data');
    this.#loadAhead();
    await catalogue.remember(path, kind);
  }

  /** Loads the engine's library while the user looks at the table, so that the first run starts sooner. */
  #loadAhead(): void {
    const { connection, document } = this.#work;
    // A failure is ignored: the run that needs the library reports it.
    if (document.current !== null) connection.call('load', document.current.runtime).catch(() => undefined);
  }
}
