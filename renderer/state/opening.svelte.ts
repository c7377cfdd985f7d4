import type { RunConfiguration } from '../../native/contract/configuration.ts';
import type { FileKind } from '../../native/contract/window.ts';
import { fileName, sourceName } from '../logic/fileName.ts';
import type { Page } from '../logic/steps.ts';
import type { Workspace } from './workspace.svelte.ts';

type Method = RunConfiguration['constraint']['method'];

/** What becomes the work in the window, and where it goes: files, samples, runs of before. */
export class Opening {
  /** Share of a file that has been handed to the host, while it is. */
  upload = $state<number | undefined>();
  readonly #work: Workspace;

  constructor(work: Workspace) {
    this.#work = work;
  }

  /** Asks for a file and opens it. */
  choose(kind: FileKind): Promise<void> {
    return this.#upload(async (progress) => {
      const path = await this.#work.files.choose(kind, progress);
      if (path !== undefined) await this.openPath(path, kind);
    });
  }

  /** Asks for the data file that the configuration names and that cannot be read where it says. */
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
    view.lookAtTable();
    await this.#look(path, kind);
  }

  /** Takes a sample with its recommended configuration, and a method of one's choice. */
  async takeSample(id: string, method?: Method, page: Page = 'data'): Promise<void> {
    const { catalogue, document, messages, view } = this.#work;
    const from = view.page;
    await messages.attempt(async () => {
      const configuration = structuredClone(await catalogue.recommended(id));
      if (method !== undefined) configuration.constraint.method = method;
      document.replace(`take the sample ${id}`, configuration);
      view.lookAtTable();
      this.#loadAhead();
      // Whoever has gone on to a step meanwhile stays there.
      if (view.page === from) this.#work.go(page);
    });
  }

  /** Makes a run's configuration the one in work. */
  async duplicate(run: string): Promise<void> {
    const { connection, document, messages } = this.#work;
    await messages.attempt(async () => {
      const { name, configuration } = await connection.call('runRecord', { run });
      document.replace('take over the configuration of a run', configuration);
      this.#work.go('constraint');
      messages.say(`The configuration of “${name}” is the one in work now. Undo brings back the one before.`);
    });
  }

  /** Saves the document where it lies, or where the person wants it: `elsewhere`, or when it has no place yet. */
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
      messages.say(`The configuration was saved: ${saved.place}.`);
    });
  }

  async #upload(work: (progress: (share: number) => void) => Promise<void>): Promise<void> {
    await this.#work.messages.attempt(() => work((share) => (this.upload = share)));
    this.upload = undefined;
  }

  /** Has the configuration in work read its data from another place; all else of it stays. */
  async #readAt(path: string): Promise<void> {
    this.#work.document.change('locate the file', ({ data }) => {
      data.source = { kind: 'file', path };
    });
    await this.#look(path, 'data');
  }

  /** Whether a file is, by its name, the one that the configuration in work waits for. */
  #isAwaited(path: string): boolean {
    const { data, document } = this.#work;
    const source = document.current?.data.source;
    return data.isAbsent && source?.kind === 'file' && fileName(source.path) === fileName(path);
  }

  /** Goes to the data of what was opened. */
  async #look(path: string, kind: FileKind): Promise<void> {
    const { catalogue, data } = this.#work;
    // The same file as before may be another one by now, or readable.
    if (!data.opening) data.refresh();
    this.#work.go('data');
    this.#loadAhead();
    await catalogue.remember(path, kind);
  }

  /** Has the library loaded while the person looks at the table, so that the first run begins sooner. */
  #loadAhead(): void {
    const { connection, document } = this.#work;
    // What cannot be loaded is told by the run that needs it.
    if (document.current !== null) connection.call('load', document.current.runtime).catch(() => undefined);
  }
}
