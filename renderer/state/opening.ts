import type { RunConfiguration } from '../../native/contract/configuration.ts';
import type { FileKind } from '../../native/contract/window.ts';
import type { Page } from '../logic/steps.ts';
import type { App } from './app.svelte.ts';

/** What becomes the work in the window, and where it goes: files, samples, runs of before. */

/** Asks for a file and opens it. */
export async function chooseFile(app: App, kind: FileKind): Promise<void> {
  await uploading(app, async (tell) => {
    const path = await app.files.choose(kind, tell);
    if (path !== undefined) await openPath(app, path, kind);
  });
}

/** Asks for the file that the configuration in work names and that cannot be read where it says. */
export async function locateFile(app: App): Promise<void> {
  await uploading(app, async (tell) => {
    const path = await app.files.choose('data', tell);
    if (path !== undefined) await readAt(app, path);
  });
}

/** Has the configuration in work read its data from another place; all else of it stays. */
async function readAt(app: App, path: string): Promise<void> {
  app.document.change('locate the file', ({ data }) => {
    data.source = { kind: 'file', path };
  });
  // At the same place it may be readable by now.
  if (!app.data.opening) app.data.refresh();
  app.go('data');
  loadAhead(app);
  await app.catalogue.remember(path, 'data');
}

/** Whether a file is, by its name, the one that the configuration in work waits for. */
function isAwaited(app: App, path: string): boolean {
  const source = app.document.current?.data.source;
  return app.data.isAbsent && source?.kind === 'file' && fileName(source.path) === fileName(path);
}

const fileName = (path: string): string => path.split(/[\\/]/).at(-1) ?? path;

/** Opens a file dropped on the window. */
export async function openDropped(app: App, file: File): Promise<void> {
  await uploading(app, async (tell) => {
    const path = await app.files.dropped(file, tell);
    await openPath(app, path, /\.orthant$/i.test(file.name) ? 'configuration' : 'data');
  });
}

async function uploading(app: App, work: (tell: (share: number) => void) => Promise<void>): Promise<void> {
  await app.attempt(() => work((share) => (app.upload = share)));
  app.upload = undefined;
}

export async function openPath(app: App, path: string, kind: FileKind): Promise<void> {
  if (kind === 'data' && isAwaited(app, path)) {
    await readAt(app, path);
    return;
  }
  if (kind === 'configuration') {
    const { text } = await app.connection.call('readDocument', { path });
    app.document.read(text, 'open a document', path);
  } else {
    app.document.openData(path);
  }
  // The same file as before may be another one by now.
  if (!app.data.opening) app.data.refresh();
  app.view.lookAtTable();
  app.go('data');
  loadAhead(app);
  await app.catalogue.remember(path, kind);
}

/** Takes a sample with its recommended configuration, and a method of one's choice. */
export async function takeSample(
  app: App,
  id: string,
  method: RunConfiguration['constraint']['method'] | undefined,
  page: Page,
): Promise<void> {
  const from = app.view.page;
  await app.attempt(async () => {
    const configuration = structuredClone(await app.catalogue.recommended(id));
    if (method !== undefined) configuration.constraint.method = method;
    app.document.replace(`take the sample ${id}`, configuration);
    app.view.lookAtTable();
    loadAhead(app);
    // Whoever has gone on to a step meanwhile stays there.
    if (app.view.page === from) app.go(page);
  });
}

/** Has the library loaded while the person looks at the table, so that the first run begins sooner. */
function loadAhead(app: App): void {
  const { current } = app.document;
  // What cannot be loaded is told by the run that needs it.
  if (current !== null) app.connection.call('load', current.runtime).catch(() => undefined);
}

/** Makes a run's configuration the one in work. */
export async function duplicateRun(app: App, run: string): Promise<void> {
  await app.attempt(async () => {
    const { name, configuration } = await app.connection.call('runRecord', { run });
    app.document.replace('take over the configuration of a run', configuration);
    app.go('constraint');
    app.say(`The configuration of “${name}” is the one in work now. Undo brings back the one before.`);
  });
}

/** Saves the document where it lies, or where the person wants it: `elsewhere`, or when it has no place yet. */
export async function saveDocument(app: App, elsewhere: boolean): Promise<void> {
  await app.attempt(async () => {
    const { current, path } = app.document;
    if (current === null) return;
    const name = current.name ?? app.sourceName(current);
    const saved = await app.files.saveText(
      `${name.replaceAll(/[^\w.-]+/g, '-')}.orthant`,
      app.document.text(),
      elsewhere ? undefined : path,
    );
    if (saved === undefined) return;
    app.document.path = saved.path;
    app.keepSoon();
    app.say(`The configuration was saved: ${saved.place}.`);
  });
}
