import type { CallContext, Handlers } from '../../native/contract/channel.ts';
import { forwardedCalls } from '../../native/contract/engine.ts';
import { OrthantError } from '../../native/contract/errors.ts';
import type { RunRecord } from '../../native/contract/runRecord.ts';
import type { hostCalls, WindowCalls } from '../../native/contract/window.ts';
import { readDocument, writeDocument } from './documents.ts';
import type { EventFeed } from './eventFeed.ts';
import type { Host, WindowPlatform } from './host.ts';
import { linkAddresses } from './links.ts';
import type { NamingRequest } from './permissions.ts';
import { kindOfFile } from './recentFiles.ts';

type EngineHandlers = Handlers<typeof forwardedCalls>;
type EngineName = keyof typeof forwardedCalls;
type HostHandlers = Handlers<typeof hostCalls>;

/** The handlers of one window: calls of the engine are forwarded to the process of their role, the host's answered here. */
export function windowHandlers(host: Host, platform: WindowPlatform, feed: EventFeed): Handlers<WindowCalls> {
  const engine = engineHandlers(host);
  return host.uploadNames.inErrorsOf({
    ...engine,
    ...runHandlers(host, engine),
    ...hostHandlers(host, feed),
    ...choiceHandlers(host, platform),
    ...documentHandlers(host, platform),
    ...draftHandlers(host),
    ...systemHandlers(host, platform),
  });
}

// The engine knows a current run by its folder and touches no other; it checks a configuration without its data.
const harmless: readonly EngineName[] = ['pause', 'resume', 'oneEpoch', 'stop', 'check'];

/** Every call of the engine, forwarded once the window may use the files that the request names. */
function engineHandlers(host: Host): EngineHandlers {
  const handlerOf =
    (name: EngineName) =>
    async (request: NamingRequest, { signal }: CallContext): Promise<unknown> => {
      if (!harmless.includes(name)) await host.permissions.check(request);
      return host.engines[forwardedCalls[name].role].call(name, request, { signal });
    };
  const names = Object.keys(forwardedCalls) as EngineName[];
  return Object.fromEntries(names.map((name) => [name, handlerOf(name)])) as unknown as EngineHandlers;
}

/** Calls of the engine that concern the host as well. */
function runHandlers(host: Host, engine: EngineHandlers): Pick<EngineHandlers, 'runRecord' | 'start' | 'resumeRun'> {
  return {
    runRecord: async (request, context) => {
      const record = (await engine.runRecord(request, context)) as RunRecord;
      // Its configuration may become the current one.
      const { source } = record.configuration.data;
      if (source.kind === 'file') await host.permissions.open(source.path);
      return record;
    },
    // A run may need another training process than the running one.
    start: async (request, context) => {
      // Checked before a process is started for it.
      await host.permissions.check(request);
      return host.beginRun(request.configuration.runtime, async () => engine.start(request, context));
    },
    resumeRun: async (request, context) => {
      const { configuration } = (await engine.runRecord(request, context)) as RunRecord;
      return host.beginRun(configuration.runtime, async () => engine.resumeRun(request, context));
    },
  };
}

function hostHandlers(host: Host, feed: EventFeed): Pick<HostHandlers, 'host' | 'setVisible' | 'restartEngine'> {
  return {
    host: () => ({
      kind: host.options.kind,
      platform: process.platform,
      version: host.options.version,
      runsFolder: host.options.folders.runs,
      dialogs: host.options.dialogs,
    }),
    setVisible: ({ visible }) => host.setVisible(feed, visible),
    restartEngine: async ({ role }) => {
      await host.engines[role].restart();
      return {};
    },
  };
}

/** Dialogs of the system. */
function choiceHandlers(
  { permissions }: Host,
  platform: WindowPlatform,
): Pick<HostHandlers, 'chooseFile' | 'chooseOutput'> {
  return {
    chooseFile: async ({ kind }) => {
      const path = await platform.chooseFile(kind);
      if (path === undefined) return {};
      await permissions.open(path);
      // A configuration that was opened may be saved in the same place.
      if (kind === 'configuration') permissions.choose(path);
      return { path };
    },
    chooseOutput: async ({ suggestedName }) => {
      const output = await platform.chooseOutput(suggestedName);
      if (output.path !== undefined) permissions.choose(output.path);
      return output;
    },
  };
}

/** Configuration documents and recent files. */
function documentHandlers(
  { options, permissions, recentFiles }: Host,
  platform: WindowPlatform,
): Pick<HostHandlers, 'readDocument' | 'writeDocument' | 'recentFiles' | 'rememberFile' | 'forgetFile'> {
  return {
    readDocument: async ({ path }) => {
      const { text, dataFile } = await readDocument(path, permissions);
      // An uploaded document may be made by the page.
      if (dataFile !== undefined && !permissions.isUpload(path)) await permissions.open(dataFile);
      return { text };
    },
    writeDocument: async ({ path, text }) => {
      await writeDocument(path, text, permissions);
      // A place chosen by the user; the browser host writes only downloads.
      if (options.dialogs && kindOfFile(path) === 'configuration') {
        await permissions.open(path);
        // The document is saved, even if the list of recent files cannot be.
        await recentFiles.remember(path, 'configuration').catch(() => undefined);
        platform.remembered?.(path);
      }
      return {};
    },
    recentFiles: () => recentFiles.list(),
    rememberFile: async ({ path, kind }) => {
      await permissions.require('read', path, 'path');
      await recentFiles.remember(path, kind);
      platform.remembered?.(path);
      return {};
    },
    forgetFile: async ({ path }) => {
      await recentFiles.forget(path);
      return {};
    },
  };
}

function draftHandlers({ drafts }: Host): Pick<HostHandlers, 'saveDraft' | 'loadDraft'> {
  return {
    saveDraft: async ({ draft }) => {
      await drafts.save(draft);
      return {};
    },
    loadDraft: async () => {
      const draft = await drafts.load();
      return draft === undefined ? {} : { draft };
    },
  };
}

/** The system's browser and file manager. */
function systemHandlers(
  { permissions }: Host,
  platform: WindowPlatform,
): Pick<HostHandlers, 'openExternal' | 'showInFolder'> {
  return {
    openExternal: ({ link }) => platform.openExternal(linkAddresses[link]),
    showInFolder: async ({ path }) => {
      if (!(await permissions.has('write', path))) {
        throw new OrthantError(
          'file',
          `${path} is not one of the files that Orthant has written, so it is not shown.`,
          {
            field: 'path',
          },
        );
      }
      await platform.showInFolder(path);
      return {};
    },
  };
}
