import type { CallContext, Handlers } from '../../native/contract/channel.ts';
import type { EngineCallName, EngineCalls } from '../../native/contract/engine.ts';
import { engineCalls } from '../../native/contract/engine.ts';
import type { RunRecord } from '../../native/contract/runs.ts';
import type { WindowCalls } from '../../native/contract/window.ts';
import { hostCalls } from '../../native/contract/window.ts';
import { readDocument, writeDocument } from './documents.ts';
import type { EventFeed } from './eventFeed.ts';
import type { Host, WindowPlatform } from './host.ts';
import { linkAddresses } from './links.ts';
import { isBelow } from './outputs.ts';

/** The handlers of one window: the engine's calls passed on to the process of their role, the host's answered here. */
export function windowHandlers(host: Host, platform: WindowPlatform, feed: EventFeed): Handlers<WindowCalls> {
  const forward = (name: EngineCallName) => (request: unknown, context: CallContext) =>
    host.engines[engineCalls[name].role].call(name, request, { signal: context.signal });
  const passedOn = Object.fromEntries(
    (Object.keys(engineCalls) as EngineCallName[]).map((name) => [name, forward(name)]),
  ) as unknown as Handlers<EngineCalls>;

  const { outputs } = host;
  const checked: Pick<Handlers<EngineCalls>, 'export' | 'predict'> = {
    export: (request, context) => {
      outputs.demand(request.out, 'out');
      return passedOn.export(request, context);
    },
    predict: (request, context) => {
      if (request.out !== undefined) outputs.demand(request.out, 'out');
      return passedOn.predict(request, context);
    },
  };

  // A run may need another training process than the one that is there.
  const started: Pick<Handlers<EngineCalls>, 'start' | 'resumeRun'> = {
    start: async (request, context) => {
      const { out } = request;
      if (out !== undefined && !isBelow(host.options.folders.runs, out)) outputs.demand(out, 'out');
      await host.prepareTraining(request.configuration.runtime);
      return passedOn.start(request, context);
    },
    resumeRun: async (request, context) => {
      const { configuration } = (await passedOn.runRecord(request, context)) as RunRecord;
      await host.prepareTraining(configuration.runtime);
      return passedOn.resumeRun(request, context);
    },
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
      // What was opened to be worked on may be saved where it lies.
      if (path !== undefined && kind === 'configuration') outputs.add(path);
      return path === undefined ? {} : { path };
    },
    chooseOutput: async ({ suggestedName }) => {
      const output = await platform.chooseOutput(suggestedName);
      if (output.path !== undefined) outputs.add(output.path);
      return output;
    },
    readDocument: async ({ path }) => ({ text: await readDocument(path) }),
    writeDocument: async ({ path, text }) => {
      await writeDocument(path, text, outputs);
      return {};
    },
    recentFiles: () => host.recentFiles.list(),
    rememberFile: async ({ path, kind }) => {
      await host.recentFiles.remember(path, kind);
      platform.remembered?.(path);
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
    setVisible: ({ visible }) => feed.setVisible(visible),
    restartEngine: async ({ role }) => {
      await host.engines[role].restart();
      return {};
    },
  };
  return { ...passedOn, ...checked, ...started, ...answered };
}
