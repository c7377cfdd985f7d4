import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Client } from '../native/contract/channel.ts';
import type { RunConfigurationInput } from '../native/contract/configuration.ts';
import { commonErrors, errorCodes, OrthantError } from '../native/contract/errors.ts';
import type { WindowCallName, WindowCalls } from '../native/contract/window.ts';
import { windowCalls } from '../native/contract/window.ts';
import type { z } from 'zod';
import { openSocket, startTestedHost } from './testing/testedHost.ts';
import * as stub from './testing/electronStub.ts';

vi.mock('electron', () => import('./testing/electronStub.ts'));

/** Calls that reached a handler, and errors that handlers must throw. */
interface Handled {
  names: string[];
  declared: string[][];
  refusal?: Error | undefined;
}
const handled = vi.hoisted((): Handled => ({ names: [], declared: [] }));
vi.mock('./services/windowHandlers.ts', async (original) => {
  const { windowHandlers } = await original<typeof import('./services/windowHandlers.ts')>();
  return {
    windowHandlers: (...args: Parameters<typeof windowHandlers>) => {
      const handlers = windowHandlers(...args);
      handled.declared.push(Object.keys(handlers));
      return Object.fromEntries(
        Object.entries(handlers).map(([name, handler]) => [
          name,
          (...given: unknown[]) => {
            handled.names.push(name);
            if (handled.refusal instanceof Error) throw handled.refusal;
            return (handler as (...given: unknown[]) => unknown)(...given);
          },
        ]),
      );
    },
  };
});
const { startTestedElectron } = await import('./testing/electronHost.ts');

const configuration: RunConfigurationInput = { data: { source: { kind: 'sample', id: 'ink' } } };
const table = { source: { kind: 'file', path: '/data/a.csv' } } as const;
/** A valid request of each call; a call that is added to the contract is missing here until it has one. */
const requests: { [Name in WindowCallName]: z.input<WindowCalls[Name]['request']> } = {
  samples: {},
  sampleConfiguration: { id: 'ink' },
  inspect: table,
  rows: { ...table, offset: 0, limit: 10 },
  histogram: { ...table, column: 'a' },
  prepare: { data: configuration.data },
  methods: {},
  settings: {},
  check: { configuration },
  trainEnvironment: {},
  runs: {},
  runRecord: { run: 'r' },
  runMetrics: { run: 'r' },
  runCheckpoints: { run: 'r' },
  renameRun: { run: 'r', name: 'n' },
  deleteRun: { run: '0' },
  restoreRun: { binned: 'b' },
  start: { configuration },
  resumeRun: { run: 'r' },
  pause: { run: '[]' },
  resume: { run: 'r' },
  oneEpoch: { run: 'r' },
  stop: { run: 'r' },
  load: {},
  status: {},
  doctor: {},
  predictions: { run: 'r', split: 'test' },
  worstRows: { run: 'r', target: 't' },
  export: { run: 'r', format: 'onnx', out: '/tmp/m.onnx' },
  predict: { model: 'r', table },
  predictRow: { model: 'r', values: {} },
  host: {},
  chooseFile: { kind: 'data' },
  chooseOutput: { suggestedName: 'm.onnx' },
  readDocument: { path: '/a.orthant' },
  writeDocument: { path: '/a.orthant', text: '' },
  recentFiles: {},
  rememberFile: { path: '/a.csv', kind: 'data' },
  forgetFile: { path: '/a.csv' },
  saveDraft: { draft: {} },
  loadDraft: {},
  openExternal: { link: 'onnx' },
  showInFolder: { path: '/a.csv' },
  setVisible: { visible: true },
  restartEngine: { role: 'data' },
};
const names = Object.keys(windowCalls) as WindowCallName[];

interface Opened {
  client: Client<WindowCalls>;
  /** Sends a call as a foreign sender would, and resolves once it is refused. */
  asForeigner(name: string, request: unknown): Promise<void>;
  close(): Promise<void>;
}

async function openElectron(): Promise<Opened> {
  const tested = await startTestedElectron();
  return {
    client: tested.client(),
    asForeigner: async (name, request) => {
      const before = tested.warnings.length;
      const foreign = stub.frameOf('https://example.org/', null);
      tested.window.webContents.deliver('orthant', [{ kind: 'call', id: 1, name, request }], foreign);
      await vi.waitUntil(() => tested.warnings.length > before);
    },
    close: () => tested.close(),
  };
}

async function openBrowser(): Promise<Opened> {
  const tested = await startTestedHost();
  const { client } = await openSocket(tested, { Cookie: await tested.logIn(), Origin: tested.origin });
  const cookie = await tested.logIn();
  return {
    client,
    asForeigner: async () => {
      // A foreign page is refused before it can send a call.
      await expect(openSocket(tested, { Cookie: cookie, Origin: 'https://example.org' })).rejects.toThrow('403');
    },
    close: () => tested.close(),
  };
}

describe.each([
  ['electron', openElectron],
  ['browser', openBrowser],
])('every call of the window, in the host %s', (_kind, open) => {
  let opened: Opened;
  beforeAll(async () => {
    opened = await open();
    await opened.client.call('host', {});
  });
  afterAll(async () => {
    await opened.close();
  });
  beforeEach(() => {
    handled.names = [];
    handled.refusal = undefined;
  });

  it('has a handler', () => {
    expect(handled.declared.at(-1)?.toSorted()).toEqual(names.toSorted());
  });

  it.each(names)('%s: bad input never reaches its handler', async (name) => {
    for (const bad of [{ noSuchField: 1 }, null, 'text', [], 7]) {
      await expect(opened.client.call(name, bad as never), JSON.stringify(bad)).rejects.toMatchObject({
        code: 'usage',
        message: expect.stringContaining(`The request of "${name}" is not valid`) as string,
      });
    }
    expect(handled.names).toEqual([]);
  });

  it.each(names)('%s: a foreign sender is refused', async (name) => {
    await opened.asForeigner(name, requests[name]);
    expect(handled.names).toEqual([]);
  });

  it.each(names)('%s: its errors arrive as code, message and field; undeclared ones as a defect', async (name) => {
    const declared = [...commonErrors, ...windowCalls[name].errors];
    for (const code of errorCodes) {
      handled.refusal = new OrthantError(code, `${name} failed.`, { field: 'data.columns.price' });
      const error: unknown = await opened.client.call(name, requests[name] as never).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(OrthantError);
      expect(error, code).toMatchObject({
        code: declared.includes(code) ? code : 'internal',
        message: expect.stringContaining(`${name} failed.`) as string,
        field: 'data.columns.price',
      });
    }
    expect(handled.names).toEqual(errorCodes.map(() => name));
    handled.refusal = new TypeError('x is undefined');
    await expect(opened.client.call(name, requests[name] as never)).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining('x is undefined') as string,
    });
  });

  it.each(['__proto__', 'constructor', 'toString', 'nothing'])('a call named %s does not exist', async (name) => {
    await expect(opened.client.call(name as never, {} as never)).rejects.toMatchObject({ code: 'usage' });
  });
});
