import { vi } from 'vitest';
import { serve, type Handlers } from '../../native/contract/channel.ts';
import { runConfigurationSchema, type RunConfiguration } from '../../native/contract/configuration.ts';
import { describeConfiguration } from '../../native/contract/describeSettings.ts';
import type { RunRecord, RunState, RunSummary } from '../../native/contract/runRecord.ts';
import { windowCalls, type WindowBridge, type WindowEvent } from '../../native/contract/window.ts';
import { App } from '../state/app.svelte.ts';
import { Connection } from '../state/connection.svelte.ts';
import { fakeConfiguration, fakeInspection } from './fakeData.ts';
import { linkedPorts } from './linkedPorts.ts';

export type Answers = Partial<Handlers<typeof windowCalls>>;

export const recordOf = (configuration: RunConfiguration, state: RunState): RunRecord => ({
  format: 1,
  id: '1',
  name: 'ink',
  created: new Date(0).toISOString(),
  updated: new Date(0).toISOString(),
  state,
  configuration,
  changes: [],
  versions: { orthant: '0', node: '0', platform: 'x' },
});

export const summaryOf = (run: string, state: RunState, checkpoint?: number): RunSummary => ({
  run,
  id: run,
  name: run,
  created: new Date(0).toISOString(),
  state,
  method: 'none',
  source: 'ink',
  epochs: 3,
  ...(checkpoint === undefined ? {} : { checkpoint }),
});

/** Answers of an idle host. */
const defaultAnswers = (configuration: RunConfiguration): Answers => ({
  host: () => ({ kind: 'electron', platform: 'linux', version: '1', runsFolder: '/runs', dialogs: true }),
  methods: () => [],
  settings: describeConfiguration,
  samples: () => [],
  recentFiles: () => [],
  rememberFile: () => ({}),
  loadDraft: () => ({}),
  saveDraft: () => ({}),
  setVisible: () => ({ missed: false }),
  restartEngine: () => ({}),
  load: () => ({}),
  inspect: () => fakeInspection('ink'),
  check: () => [],
  runs: () => [],
  runRecord: () => recordOf(configuration, 'training'),
  runMetrics: () => [],
  runCheckpoints: () => [],
  status: () => ({ queued: [] }),
});

/**
 * The window's state with a fake host in the same process. It records the requests, and the test can emit events.
 */
export async function testedApp(answers: Answers = {}, bridge?: WindowBridge) {
  const configuration = fakeConfiguration('ink');
  const calls: { name: string; request: unknown }[] = [];
  const all = { ...defaultAnswers(configuration), ...answers } as Record<string, (...args: unknown[]) => unknown>;
  const counted = Object.fromEntries(
    Object.entries(all).map(([name, answer]) => [
      name,
      vi.fn((request: unknown, context: unknown) => {
        calls.push({ name, request });
        return answer(request, context);
      }),
    ]),
  ) as unknown as Answers;
  let line: ReturnType<typeof openLine>;
  const openLine = () => {
    const ports = linkedPorts();
    return { ...ports, served: serve(ports.host, windowCalls, counted) };
  };
  const connection = new Connection(() => {
    line = openLine();
    return line.window;
  });
  const app = new App(connection, bridge);
  await connection.open();
  return {
    app,
    configuration,
    calls,
    /** Requests of one call, in order. */
    asked: (name: keyof typeof windowCalls) => calls.filter((call) => call.name === name).map(({ request }) => request),
    emit: (...events: WindowEvent[]) => {
      line.served.emit(events);
    },
    cut: () => {
      line.cut();
    },
  };
}

export const documentOf = (configuration: RunConfiguration): string =>
  JSON.stringify(runConfigurationSchema.parse(configuration));
