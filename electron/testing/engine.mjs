/**
 * A small engine for the tests of the hosts: a separate process that uses native/contract/channel.ts as the real one does,
 * over `process.parentPort` or a Node child's channel. The requests of the tests decide what its calls do.
 */
import path from 'node:path';

/** @type {{ postMessage: (message: unknown) => void, on: (name: 'message', listener: (event: { data: any }) => void) => void } | undefined} */
const port = /** @type {any} */ (process).parentPort;
/** @param {unknown} message */
const send = (message) => {
  if (port) port.postMessage(message);
  else process.send?.(message);
};
/** @param {unknown} event */
const emit = (event) => send({ kind: 'event', event: [event] });

const role = process.argv[process.argv.indexOf('--role') + 1];
/** Calls that wait until they are cancelled, and those that were. */
const waiting = new Set();
/** @type {string[]} */
const cancelled = [];

const calls = {
  methods: () => [],
  samples: () => [],
  runs: () => [],
  check: () => [],
  /** Simulates a machine where deterministic runs need a variable. */
  trainEnvironment: (/** @type {{ deterministic?: boolean }} */ { deterministic }) =>
    deterministic ? { ORTHANT_TEST_DETERMINISTIC: '1' } : {},
  /** Returns the variable, if set, as the run's name. */
  start: () => ({ run: process.env.ORTHANT_TEST_DETERMINISTIC ?? 'plain' }),
  /** Reports the requested file as written. */
  export: (/** @type {{ out: string }} */ { out }) => ({
    file: out,
    report: { verifiedBy: 'onnx-runtime', maxRelativeDifference: 0, smallestOutput: 0, rows: 1 },
  }),
  /** Record of a run that was trained on a table beside the folder of all runs. */
  runRecord: (/** @type {{ run: string }} */ { run }) => ({
    format: 1,
    id: 'id',
    name: 'name',
    state: 'finished',
    changes: [],
    created: '2026-01-01T00:00:00.000Z',
    updated: '2026-01-01T00:00:00.000Z',
    configuration: {
      data: { source: { kind: 'file', path: `${path.resolve(run, '../..', path.basename(run))}.csv` } },
    },
    versions: { orthant: '1', node: '24', platform: 'linux-x64' },
  }),
  /** Reports the cancelled calls as runs in the queue. */
  status: () => ({ queued: cancelled }),
  /** Emits the events that the run's name, a JSON text, lists. */
  pause: (/** @type {{ run: string }} */ { run }) => {
    for (const event of JSON.parse(run)) emit(event);
    return {};
  },
  /** Reports the received value as a run's warning. */
  setWatched: (/** @type {{ watched: boolean }} */ { watched }) => {
    emit({ event: 'warning', run: 'watched', warning: { message: String(watched) } });
    return {};
  },
  stop: (/** @type {{ run: string }} */ { run }) => {
    emit({ event: 'phase', run, state: 'stopped', message: 'stopped' });
    return {};
  },
  /** Ends the process by the run's name: an exit code or a signal. */
  deleteRun: (/** @type {{ run: string }} */ { run }) => process.exit(Number(path.basename(run))),
  renameRun: (/** @type {{ run: string }} */ { run }) => process.kill(process.pid, path.basename(run)),
  /** Refuses as the real engine would. */
  inspect: (/** @type {{ source?: { path: string } }} */ { source }) => {
    throw { code: 'data', message: `${role}: ${source?.path ?? 'the file'} is empty.`, field: 'source.path' };
  },
};

/** @param {{ kind: string, id: number, name: string, request: any }} message */
function handle(message) {
  const { kind, id, name, request } = message;
  if (kind === 'cancel' && waiting.delete(id)) {
    cancelled.push(String(id));
    send({ kind: 'error', id, error: { code: 'cancelled', message: 'The call was cancelled.' } });
  }
  if (kind !== 'call') return;
  const call = /** @type {Record<string, (request: any) => unknown>} */ (calls)[name];
  if (call === undefined) {
    waiting.add(id);
    return;
  }
  try {
    send({ kind: 'answer', id, answer: call(request) });
  } catch (error) {
    send({ kind: 'error', id, error });
  }
}

if (port) port.on('message', ({ data }) => handle(data));
else process.on('message', handle);
process.on('disconnect', () => process.exit());
