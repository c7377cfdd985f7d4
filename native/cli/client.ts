import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { connect, type Client, type MessagePortLike } from '../contract/channel.ts';
import {
  engineCalls,
  engineEventsSchema,
  type CallAnswer,
  type CallRequest,
  type EngineCallName,
  type EngineCalls,
  type EngineEvent,
  type EngineRole,
} from '../contract/engine.ts';

/** Lies beside this module once built. */
const entry = fileURLToPath(new URL('engine.js', import.meta.url));

/** Lines of the engine's own output that are told when it crashes. */
const keptLines = 8;

export interface EngineOptions {
  /** Added to the environment the engine starts with. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Shows what the engine and its libraries print. */
  readonly debug?: boolean;
}

/** An engine process of one role, and the calls and events of the contract with it. */
export class Engine {
  readonly #process: ChildProcess;
  readonly #client: Client<EngineCalls>;
  /** Resolves with what happened when the process ends on its own. */
  readonly ended: Promise<string>;

  constructor(role: EngineRole, { environment = {}, debug = false }: EngineOptions = {}) {
    this.#process = fork(entry, ['--role', role], {
      serialization: 'advanced',
      // Reading the source maps of TensorFlow's library takes longer than loading it.
      execArgv: debug ? ['--enable-source-maps'] : [],
      env: { ...process.env, ...environment },
      // Standard output is for results, so what a library prints goes to standard error at most.
      stdio: ['ignore', 2, 'pipe', 'ipc'],
    });
    const port = childPort(this.#process, debug);
    this.ended = new Promise((resolve) => {
      port.onClose(resolve);
    });
    this.#client = connect(port, engineCalls);
  }

  /** Makes one call; see {@link Client.call}. */
  call<Name extends EngineCallName>(name: Name, request: CallRequest<Name>): Promise<CallAnswer<Name>> {
    return this.#client.call(name, request);
  }

  /** Calls `listener` for every event. */
  subscribe(listener: (event: EngineEvent) => void): void {
    this.#client.subscribe((events) => {
      const parsed = engineEventsSchema.safeParse(events);
      if (parsed.success) parsed.data.forEach(listener);
    });
  }

  /** Lets the engine end: it does once nobody listens. */
  close(): void {
    if (this.#process.connected) this.#process.disconnect();
  }

  /** Ends it at once. */
  kill(): void {
    this.#process.kill('SIGKILL');
  }
}

function childPort(child: ChildProcess, debug: boolean): MessagePortLike {
  let lines: string[] = [];
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    if (debug) process.stderr.write(text);
    lines = [...lines, ...text.split('\n').filter((line) => line.trim() !== '')].slice(-keptLines);
  });
  return {
    send: (message) => {
      // The callback keeps a process that has just ended from becoming an error event; its end is told below.
      child.send(message as never, undefined, undefined, () => undefined);
    },
    onMessage: (listener) => {
      child.on('message', listener);
    },
    onClose: (listener) => {
      child.once('error', (error) => {
        listener(`The engine could not be started: ${error.message}.`);
      });
      // `close` comes after the last of its output, unlike `exit`.
      child.once('close', (code, signal) => {
        listener(describeEnd(code, signal, lines));
      });
    },
  };
}

function describeEnd(code: number | null, signal: NodeJS.Signals | null, lines: readonly string[]): string {
  const how = signal === null ? `exit code ${code ?? 'unknown'}` : `signal ${signal}`;
  const why = signal === 'SIGKILL' ? '; the system does that when memory runs out' : '';
  const said = lines.length === 0 ? '' : ` The last it said: ${lines.join(' | ')}`;
  return `The engine process ended unexpectedly (${how}${why}).${said}`;
}

/** Starts an engine for one task and lets it end afterwards. */
export const withEngine = <Result>(
  role: EngineRole,
  options: EngineOptions,
  task: (engine: Engine) => Promise<Result>,
): Promise<Result> => closing(new Engine(role, options), task);

/** Does a task with an engine and lets it end afterwards. */
export async function closing<Result>(engine: Engine, task: (engine: Engine) => Promise<Result>): Promise<Result> {
  try {
    return await task(engine);
  } finally {
    engine.close();
  }
}
