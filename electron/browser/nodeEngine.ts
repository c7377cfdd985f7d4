import { startNode } from '../../native/system/nodeProcess.mjs';
import { engineArguments, type LaunchEngine } from '../services/engineProcess.ts';

/**
 * Starts engine processes as plain Node child processes.
 *
 * @param entry - the built engine's file
 * @param log - receives the output of the process
 */
export const nodeEngine =
  (entry: string, log: (text: string) => void): LaunchEngine =>
  (role, environment) =>
    startNode(entry, engineArguments(role), { environment, onOutput: log, ownGroup: true });
