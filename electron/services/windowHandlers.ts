import type { CallContext, Handlers } from '../../native/contract/channel.ts';
import { forwardedCalls } from '../../native/contract/engine.ts';
import { OrthantError } from '../../native/contract/errors.ts';
import type { RunRecord } from '../../native/contract/runs.ts';
import type { FileKind, WindowCalls } from '../../native/contract/window.ts';
import { hostCalls } from '../../native/contract/window.ts';
import { readDocument, writeDocument } from './documents.ts';
import type { EventFeed } from './eventFeed.ts';
import type { Host, WindowPlatform } from './host.ts';
import { linkAddresses } from './links.ts';
import { demandsOf } from './reach.ts';
import { kindOfFile } from './recentFiles.ts';

type ForwardedCalls = typeof forwardedCalls;
type ForwardedName = keyof ForwardedCalls;

/** The handlers of one window: the engine's calls passed on to the process of their role, the host's answered here. */
export function windowHandlers(host: Host, platform: WindowPlatform, feed: EventFeed): Handlers<WindowCalls> {
  const demands = demandsOf(host);
  const forward =
    (name: ForwardedName) =>
    (request: unknown, { signal }: CallContext) =>
      host.engines[forwardedCalls[name].role].call(name, request, { signal });
  const passOn = (name: ForwardedName) => {
    const demand = demands[name] as ((request: unknown) => Promise<void> | void) | undefined;
    return async (request: unknown, context: CallContext): Promise<unknown> => {
      await demand?.(request);
      return forward(name)(request, context);
    };
  };
  const table = (handlerOf: (name: ForwardedName) => unknown): Handlers<ForwardedCalls> =>
    Object.fromEntries(
      (Object.keys(forwardedCalls) as ForwardedName[]).map((name) => [name, handlerOf(name)]),
    ) as unknown as Handlers<ForwardedCalls>;
  const forwarded = table(forward);
  const passedOn = table(passOn);

  const { inputs, outputs, knownRuns } = host;
  const runs: Pick<Handlers<ForwardedCalls>, 'runRecord' | 'deleteRun' | 'restoreRun'> = {
    runRecord: async (request, context) => {
      const record = (await passedOn.runRecord(request, context)) as RunRecord;
      // Its configuration may become the one in work.
      const { source } = record.configuration.data;
      if (source.kind === 'file') await inputs.addData(source.path);
      return record;
    },
    deleteRun: async (request, context) => {
      const answer = await passedOn.deleteRun(request, context);
      knownRuns.add(answer.binned);
      return answer;
    },
    restoreRun: async (request, context) => {
      const answer = await passedOn.restoreRun(request, context);
      knownRuns.add(answer.run);
      return answer;
    },
  };

  // A run may need another training process than the one that is there.
  const started: Pick<Handlers<ForwardedCalls>, 'start' | 'resumeRun'> = {
    start: async (request, context) => {
      // Refused before a process is made for it.
      await demands.start?.(request);
      const { runtime } = request.configuration;
      const answer = await host.beginRun(runtime, async () => forwarded.start(request, context));
      knownRuns.add(answer.run);
      return answer;
    },
    resumeRun: async (request, context) => {
      const { configuration } = (await passedOn.runRecord(request, context)) as RunRecord;
      return host.beginRun(configuration.runtime, async () => forwarded.resumeRun(request, context));
    },
  };

  const remember = async (path: string, kind: FileKind): Promise<void> => {
    await host.recentFiles.remember(path, kind);
    platform.remembered?.(path);
  };

  const answered: Handlers<typeof hostCalls> = {
    host: () => ({
      kind: host.options.kind,
      platform: process.platform,
      version: host.options.version,
      runsFolder: host.options.folders.runs,
      dialogs: host.options.dialogs,
    }),
    chooseFile: async ({ kind }) => {
      const path = await platform.chooseFile(kind);
      if (path === undefined) return {};
      inputs.add(path);
      // What was opened to be worked on may be saved where it lies.
      if (kind === 'configuration') outputs.add(path);
      return { path };
    },
    chooseOutput: async ({ suggestedName }) => {
      const output = await platform.chooseOutput(suggestedName);
      if (output.path !== undefined) outputs.add(output.path);
      return output;
    },
    readDocument: async ({ path }) => {
      const { text, dataFile } = await readDocument(path, inputs);
      // A document that a page has sent up may be its own.
      if (dataFile !== undefined && !inputs.wasSentUp(path)) await inputs.addData(dataFile);
      return { text };
    },
    writeDocument: async ({ path, text }) => {
      await writeDocument(path, text, host);
      // Where the person keeps it; what the browser host writes is on its way to a download.
      if (host.options.dialogs && kindOfFile(path) === 'configuration') {
        // It is saved, whatever becomes of the list.
        await remember(path, 'configuration').catch(() => undefined);
      }
      return {};
    },
    recentFiles: () => host.recentFiles.list(),
    rememberFile: async ({ path, kind }) => {
      await inputs.demand(path, 'path');
      await remember(path, kind);
      return {};
    },
    forgetFile: async ({ path }) => {
      await host.recentFiles.forget(path);
      return {};
    },
    saveDraft: async ({ draft }) => {
      await host.drafts.save(draft);
      return {};
    },
    loadDraft: async () => {
      const draft = await host.drafts.load();
      return draft === undefined ? {} : { draft };
    },
    openExternal: ({ link }) => platform.openExternal(linkAddresses[link]),
    showInFolder: async ({ path }) => {
      if (!outputs.has(path) && !knownRuns.has(path)) throw notOurs(path);
      await platform.showInFolder(path);
      return {};
    },
    setVisible: ({ visible }) => host.setVisible(feed, visible),
    restartEngine: async ({ role }) => {
      await host.engines[role].restart();
      return {};
    },
  };
  return host.uploadNames.inErrorsOf({ ...passedOn, ...runs, ...started, ...answered });
}

const notOurs = (file: string): OrthantError =>
  new OrthantError('file', `${file} is none of the files that Orthant has written, so it is not shown.`, {
    field: 'path',
  });
