import type { CallContext, Handlers } from '../../native/contract/channel.ts';
import { forwardedCalls } from '../../native/contract/engine.ts';
import type { RunRecord } from '../../native/contract/runs.ts';
import type { FileKind, WindowCalls } from '../../native/contract/window.ts';
import { hostCalls } from '../../native/contract/window.ts';
import { readDocument, writeDocument } from './documents.ts';
import type { EventFeed } from './eventFeed.ts';
import { isBelow } from './folders.ts';
import type { Host, WindowPlatform } from './host.ts';
import { linkAddresses } from './links.ts';
import { kindOfFile } from './recentFiles.ts';

type ForwardedCalls = typeof forwardedCalls;
type ForwardedName = keyof ForwardedCalls;

/** The handlers of one window: the engine's calls passed on to the process of their role, the host's answered here. */
export function windowHandlers(host: Host, platform: WindowPlatform, feed: EventFeed): Handlers<WindowCalls> {
  const forward = (name: ForwardedName) => (request: unknown, context: CallContext) =>
    host.engines[forwardedCalls[name].role].call(name, request, { signal: context.signal });
  const passedOn = Object.fromEntries(
    (Object.keys(forwardedCalls) as ForwardedName[]).map((name) => [name, forward(name)]),
  ) as unknown as Handlers<ForwardedCalls>;

  const { inputs, outputs, knownRuns } = host;
  const checked: Pick<Handlers<ForwardedCalls>, 'export' | 'predict' | 'renameRun' | 'deleteRun' | 'restoreRun'> = {
    export: (request, context) => {
      outputs.demand(request.out, 'out');
      return passedOn.export(request, context);
    },
    predict: (request, context) => {
      if (request.out !== undefined) outputs.demand(request.out, 'out');
      return passedOn.predict(request, context);
    },
    renameRun: (request, context) => {
      knownRuns.demand(request.run, 'run');
      return passedOn.renameRun(request, context);
    },
    deleteRun: async (request, context) => {
      knownRuns.demand(request.run, 'run');
      const answer = await passedOn.deleteRun(request, context);
      knownRuns.add(answer.binned);
      return answer;
    },
    restoreRun: async (request, context) => {
      knownRuns.demand(request.binned, 'binned');
      const answer = await passedOn.restoreRun(request, context);
      knownRuns.add(answer.run);
      return answer;
    },
  };

  // A run may need another training process than the one that is there.
  const started: Pick<Handlers<ForwardedCalls>, 'start' | 'resumeRun'> = {
    start: async (request, context) => {
      const { out } = request;
      if (out !== undefined && !isBelow(host.options.folders.runs, out)) outputs.demand(out, 'out');
      await host.prepareTraining(request.configuration.runtime);
      const answer = await passedOn.start(request, context);
      knownRuns.add(answer.run);
      return answer;
    },
    resumeRun: async (request, context) => {
      knownRuns.demand(request.run, 'run');
      const { configuration } = (await passedOn.runRecord(request, context)) as RunRecord;
      await host.prepareTraining(configuration.runtime);
      return passedOn.resumeRun(request, context);
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
    readDocument: async ({ path }) => ({ text: await readDocument(path, inputs) }),
    writeDocument: async ({ path, text }) => {
      await writeDocument(path, text, host);
      // Where the person keeps it; what the browser host writes is on its way to a download.
      if (host.options.dialogs && kindOfFile(path) === 'configuration') await remember(path, 'configuration');
      return {};
    },
    recentFiles: () => host.recentFiles.list(),
    rememberFile: async ({ path, kind }) => {
      await inputs.demand(path);
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
      await platform.showInFolder(path);
      return {};
    },
    setVisible: ({ visible }) => host.setVisible(feed, visible),
    restartEngine: async ({ role }) => {
      await host.engines[role].restart();
      return {};
    },
  };
  return { ...passedOn, ...checked, ...started, ...answered };
}
