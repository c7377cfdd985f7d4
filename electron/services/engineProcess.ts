import type { MessagePortLike } from '../../native/contract/channel.ts';
import type { EngineRole } from '../../native/contract/engine.ts';

/**
 * A running engine process, for any transport: Electron's utility process or a Node child process. Its port's `onClose` is
 * called once when the process has ended, with the reason ("exit code 1", "killed by SIGKILL").
 */
export interface EngineProcess {
  readonly port: MessagePortLike;
  readonly pid: number | undefined;
  /** Ends the process: asks it to end, waits a moment, kills it. Resolves once it is gone. */
  stop(): Promise<void>;
}

/** Starts the engine process of a role, with these variables added to its environment. */
export type LaunchEngine = (role: EngineRole, environment: Environment) => EngineProcess;

/**
 * Arguments of the engine's entry. Beside a window training runs with lower priority: otherwise a network that uses every
 * processor slows down the window that shows it.
 */
export const engineArguments = (role: EngineRole): string[] => [
  '--role',
  role,
  ...(role === 'train' ? ['--background'] : []),
];

export type Environment = Readonly<Record<string, string>>;
