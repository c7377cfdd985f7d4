import { z } from 'zod';
import type { Declarations } from './channel.ts';
import { commandIds } from './commands.ts';
import { engineEventSchema, engineRoles, forwardedCalls } from './engine.ts';
import { errorMessageSchema } from './errors.ts';

/**
 * Every call and event of the window: those of the engine, which the host passes on if they name only files that the
 * user has opened or chosen, and those that the host answers itself. Electron's main process and the browser host
 * answer the same table.
 */

const nothing = z.strictObject({});
const path = z.strictObject({ path: z.string().min(1) });

/** Pages the application may open outside itself, by name; a host knows their addresses and opens no others. */
export const externalLinks = ['forum-thread', 'onnx', 'netron', 'pytorch', 'tensorflow'] as const;

export const fileKinds = ['data', 'configuration'] as const;
export type FileKind = (typeof fileKinds)[number];

export const hostCalls = {
  /** The host and its abilities. */
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
  /** Asks for a file with the system's dialog; no path if the user cancelled. */
  chooseFile: {
    request: z.strictObject({ kind: z.enum(fileKinds) }),
    answer: z.object({ path: z.string().optional() }),
    errors: [],
  },
  /**
   * Asks where to save a file. Electron shows a dialog; the browser host answers a temporary file and the address from
   * which that file can be downloaded once it is written.
   */
  chooseOutput: {
    request: z.strictObject({ suggestedName: z.string().min(1).max(255) }),
    answer: z.object({ path: z.string().optional(), download: z.string().optional() }),
    errors: ['file'],
  },
  /** Text of a configuration document that the user has opened; the path of its data file is made absolute. */
  readDocument: { request: path, answer: z.object({ text: z.string() }), errors: ['file'] },
  /** Writes to the path that `chooseOutput` answered, or to a configuration document that the user has opened. */
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
  /** Records that the user has opened a file just now. */
  rememberFile: { request: path.extend({ kind: z.enum(fileKinds) }), answer: nothing, errors: ['file'] },
  forgetFile: { request: path, answer: nothing, errors: ['file'] },
  /** Saves the window's own state (configuration, undo history, view), to restore it after a crash. */
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
  /** Electron opens the page in the system's browser; the browser host answers the address, and the window opens it. */
  openExternal: {
    request: z.strictObject({ link: z.enum(externalLinks) }),
    answer: z.object({ address: z.string().optional() }),
    errors: [],
  },
  /** Shows one of Orthant's files in the system's file manager; the browser host answers the error `usage`. */
  showInFolder: { request: path, answer: nothing, errors: ['file'] },
  /**
   * Reports whether the window is visible. A hidden window gets no `progress`, `metrics` and `checkpoint` events. When
   * it is shown again, it gets the latest `progress`, and `missed` reports whether it must fetch missed events with
   * `runMetrics` and `runCheckpoints`. While no window is visible, the training process sends almost nothing.
   */
  setVisible: {
    request: z.strictObject({ visible: z.boolean() }),
    answer: z.object({ missed: z.boolean() }),
    errors: [],
  },
  /** Restarts an engine process that has ended. */
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
    /** For the user: what happened, and what to do. */
    message: z.string().optional(),
    /** The run that was training when the process ended; it can be resumed from its last checkpoint. */
    run: z.string().optional(),
  }),
  z.object({ event: z.literal('menu'), command: z.enum(commandIds) }),
  /** The system asks to open a file: double-click, drop on the icon, command line. */
  z.object({ event: z.literal('open-file'), path: z.string(), kind: z.enum(fileKinds) }),
  /** The system asked to open a file that cannot be opened. */
  z.object({ event: z.literal('refused'), error: errorMessageSchema }),
]);

export type HostEvent = z.infer<typeof hostEventSchema>;

export const windowEventSchema = z.union([engineEventSchema, hostEventSchema]);
export type WindowEvent = z.infer<typeof windowEventSchema>;

/** One event message of a host on channel.ts: one or more events, at most one message per displayed frame. */
export const windowEventsSchema = z.array(windowEventSchema).min(1);

/**
 * The functions that Electron's preload script exposes as `window.orthant`. The window uses channel.ts over them, as
 * over the browser host's WebSocket.
 */
export interface WindowBridge {
  /** Sends one message of channel.ts to the host. */
  send(message: unknown): void;
  /** Calls `listener` for every message of the host; the returned function unsubscribes. */
  onMessage(listener: (message: unknown) => void): () => void;
  /** The path of a dropped file on this computer. */
  pathOfFile(file: File): string;
}

/**
 * The browser host's addresses. `socket` upgrades to a WebSocket that carries channel.ts as JSON; `upload` takes a file
 * as the body of a POST (`?name=...`) and answers `{ "path": "..." }`; `chooseOutput` answers addresses under
 * `download/`.
 */
export const browserHostPaths = { socket: '/socket', upload: '/upload', download: '/download/' } as const;
