import { z } from 'zod';
import type { Declarations } from './channel.ts';
import { commandIds } from './commands.ts';
import { engineEventSchema, engineRoles, forwardedCalls } from './engine.ts';
import { errorMessageSchema } from './errors.ts';

/**
 * Every call and event of the window: those of the engine (the host passes them on to the process that answers them, as far
 * as they name only what the person has opened or chosen) and those that the host answers itself. Electron's main process and
 * the browser host answer the same table.
 */

const nothing = z.strictObject({});
const path = z.strictObject({ path: z.string().min(1) });

/** Pages the application may open outside itself, by name; a host knows their addresses and opens no others. */
export const externalLinks = ['forum-thread', 'onnx', 'netron', 'pytorch', 'tensorflow'] as const;

export const fileKinds = ['data', 'configuration'] as const;
export type FileKind = (typeof fileKinds)[number];

export const hostCalls = {
  /** Who answers, and what it can do. */
  host: {
    request: nothing,
    answer: z.object({
      kind: z.enum(['electron', 'browser']),
      platform: z.string(),
      version: z.string(),
      runsFolder: z.string(),
      /** The browser host has no file dialogs: the window uploads and downloads instead. */
      dialogs: z.boolean(),
    }),
    errors: [],
  },
  /** Asks for a file with the system's dialog; no path when the person thought better of it. */
  chooseFile: {
    request: z.strictObject({ kind: z.enum(fileKinds) }),
    answer: z.object({ path: z.string().optional() }),
    errors: [],
  },
  /**
   * Where a file to take away is to be written. Electron asks; the browser host names a temporary file and the
   * address under which it is downloaded once something has been written there.
   */
  chooseOutput: {
    request: z.strictObject({ suggestedName: z.string().min(1).max(255) }),
    answer: z.object({ path: z.string().optional(), download: z.string().optional() }),
    errors: ['file'],
  },
  /** Text of a configuration document that the person has opened, the path of its data file made absolute. */
  readDocument: { request: path, answer: z.object({ text: z.string() }), errors: ['file'] },
  /** Writes to what `chooseOutput` answered, or to a configuration document that the person has opened. */
  writeDocument: { request: path.extend({ text: z.string().max(10_000_000) }), answer: nothing, errors: ['file'] },
  recentFiles: {
    request: nothing,
    answer: z.array(
      z.object({
        path: z.string(),
        name: z.string(),
        kind: z.enum(fileKinds),
        opened: z.iso.datetime(),
        exists: z.boolean(),
      }),
    ),
    errors: [],
  },
  /** Remembers a file that the person has opened as opened just now. */
  rememberFile: { request: path.extend({ kind: z.enum(fileKinds) }), answer: nothing, errors: ['file'] },
  forgetFile: { request: path, answer: nothing, errors: ['file'] },
  /** What the window keeps for itself (the configuration in work, undo history, view): saved as one goes, back after a crash. */
  saveDraft: {
    request: z.strictObject({ draft: z.record(z.string(), z.unknown()) }),
    answer: nothing,
    errors: ['file'],
  },
  loadDraft: {
    request: nothing,
    answer: z.object({ draft: z.record(z.string(), z.unknown()).optional() }),
    errors: [],
  },
  /** Electron opens the page in the system's browser; the browser host answers its address for the window to open. */
  openExternal: {
    request: z.strictObject({ link: z.enum(externalLinks) }),
    answer: z.object({ address: z.string().optional() }),
    errors: [],
  },
  /** Shows a file of ours in the system's file manager; the browser host answers `usage`. */
  showInFolder: { request: path, answer: nothing, errors: ['file'] },
  /**
   * Whether the window can be seen. A hidden one gets no `progress`, `metrics` and `checkpoint` events; when it is shown
   * again, it gets the latest `progress`, and `missed` says whether it must fetch what it may not have seen by
   * `runMetrics` and `runCheckpoints`. While no window is seen, the training process itself sends next to nothing.
   */
  setVisible: {
    request: z.strictObject({ visible: z.boolean() }),
    answer: z.object({ missed: z.boolean() }),
    errors: [],
  },
  /** Starts an engine process again that has ended. */
  restartEngine: { request: z.strictObject({ role: z.enum(engineRoles) }), answer: nothing, errors: ['engine'] },
} as const satisfies Declarations;

export const windowCalls = { ...forwardedCalls, ...hostCalls } as const;
export type WindowCalls = typeof windowCalls;
export type WindowCallName = keyof WindowCalls;

export const hostEventSchema = z.discriminatedUnion('event', [
  z.object({
    event: z.literal('engine'),
    role: z.enum(engineRoles),
    state: z.enum(['starting', 'running', 'crashed']),
    /** What happened, and what to do, for a person. */
    message: z.string().optional(),
    /** The run that was training when the process ended, whose last checkpoint can be resumed. */
    run: z.string().optional(),
  }),
  z.object({ event: z.literal('menu'), command: z.enum(commandIds) }),
  /** The system asks to open a file: double click, drop on the icon, command line. */
  z.object({ event: z.literal('open-file'), path: z.string(), kind: z.enum(fileKinds) }),
  /** Why the system's request could not be done: a file that is not there. */
  z.object({ event: z.literal('refused'), error: errorMessageSchema }),
]);

export type HostEvent = z.infer<typeof hostEventSchema>;

export const windowEventSchema = z.union([engineEventSchema, hostEventSchema]);
export type WindowEvent = z.infer<typeof windowEventSchema>;

/** What a host sends as one event message of channel.ts: one or more events, at most one message per displayed frame. */
export const windowEventsSchema = z.array(windowEventSchema).min(1);

/**
 * What Electron's preload script exposes as `window.orthant`: functions only. The window speaks channel.ts over it, as it
 * does over the browser host's WebSocket.
 */
export interface WindowBridge {
  /** Sends one message of channel.ts to the host. */
  send(message: unknown): void;
  /** Calls `listener` for every message of the host; the returned function ends that. */
  onMessage(listener: (message: unknown) => void): () => void;
  /** Where a dropped file lies on this computer. */
  pathOfFile(file: File): string;
}

/**
 * The browser host's addresses. `socket` upgrades to a WebSocket that carries channel.ts as JSON; `upload` takes a file
 * as the body of a POST (`?name=...`) and answers `{ "path": "..." }`; `download/...` is what `chooseOutput` answers.
 */
export const browserHostPaths = { socket: '/socket', upload: '/upload', download: '/download/' } as const;
