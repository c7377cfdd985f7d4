import { fileURLToPath } from 'node:url';
import { connect, type Client } from '../contract/channel.ts';
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
import { startNode } from '../system/nodeProcess.mjs';

/** The built engine, in the folder of this module. */
const entry = fileURLToPath(new URL('engine.js', import.meta.url));

/** Number of lines of the engine's output that are reported when it crashes. */
const keptLines = 8;

export interface EngineOptions {
  /** Variables added to the engine's environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Shows the output of the engine and its libraries. */
  readonly debug?: boolean;
  /** The built engine, for a program in another folder. */
  readonly file?: string;
}

/** An engine process of one role, with its calls and events. */
export class Engine {
  readonly #process: ReturnType<typeof startNode>;
  readonly #client: Client<EngineCalls>;
  /** Resolves with the reason when the process ends unexpectedly. */
  readonly ended: Promise<string>;

  constructor(role: EngineRole, { environment = {}, debug = false, file = entry }: EngineOptions = {}) {
    let lines: string[] = [];
    this.#process = startNode(file, ['--role', role], {
      environment,
      // Reading the source maps of TensorFlow takes longer than loading it.
      nodeArguments: debug ? ['--enable-source-maps'] : [],
      onOutput: (text) => {
        // Standard output is reserved for results.
        if (debug) process.stderr.write(text);
        lines = [...lines, ...text.split('\n').filter((line) => line.trim() !== '')].slice(-keptLines);
      },
    });
    const { port } = this.#process;
    const onClose = (listener: (reason: string) => void): void => {
      port.onClose((how) => {
        const last = lines.length === 0 ? '' : ` Its last output: ${lines.join(' | ')}`;
        listener(`The engine process ended unexpectedly (${how}).${last}`);
      });
    };
    this.ended = new Promise(onClose);
    this.#client = connect({ ...port, onClose }, engineCalls);
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

  /** Disconnects from the engine, which then ends. */
  close(): void {
    this.#process.disconnect();
  }

  /** Ends the engine at once. */
  kill(): void {
    this.#process.kill();
  }
}

/** Starts an engine for one task and closes it afterwards. */
export const withEngine = <Result>(
  role: EngineRole,
  options: EngineOptions,
  task: (engine: Engine) => Promise<Result>,
): Promise<Result> => closing(new Engine(role, options), task);

/** Does a task with an engine and closes it afterwards. */
export async function closing<Result>(engine: Engine, task: (engine: Engine) => Promise<Result>): Promise<Result> {
  try {
    return await task(engine);
  } finally {
    engine.close();
  }
}
