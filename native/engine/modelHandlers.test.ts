import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toErrorMessage } from '../contract/errors.ts';
import { openOnnx } from '../export/predictOnnx.ts';
import { DataSets } from './dataSets.ts';
import { Library } from './library.ts';
import { modelHandlers } from './modelHandlers.ts';
import { buildCode, startEngine, temporaryFolder, writeTable } from './testing/builtEngine.ts';

const folder = temporaryFolder();
const at = (...names: string[]): string => path.join(folder.path, ...names);
const rows = 10_000;
let run: string;

beforeAll(async () => {
  buildCode();
  writeTable(at('table.csv'));
  const engine = startEngine('train', { ORTHANT_RUNS: at('runs') });
  ({ run } = await engine.call('start', {
    configuration: {
      data: { source: { kind: 'file', path: at('table.csv') }, columns: { y: { role: 'target' } } },
      network: { hidden: [8] },
      training: { epochs: 2, batchSize: 16, seed: 5 },
      runtime: { engine: 'wasm' },
    },
    out: at('run'),
  }));
  await engine.until(({ event }) => event === 'finished');
  engine.process.kill('SIGKILL');
  await engine.ended;
  const lines = Array.from({ length: rows }, (_, row) => `${row % 7},${row % 11},red`);
  writeFileSync(at('long.csv'), ['a,b,kind', ...lines].join('\n'));
});
afterAll(() => {
  folder.remove();
});

/** Expects that the caller gets the error `cancelled`, and no other. */
async function expectCancelled(call: unknown): Promise<void> {
  const error: unknown = await Promise.resolve(call).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeDefined();
  expect(toErrorMessage(error).code).toBe('cancelled');
}

const library = new Library();
/** A call that is cancelled when its data has been read and the library is about to be used. */
function cancelledLate(): { handlers: ReturnType<typeof modelHandlers>; signal: AbortSignal } {
  const abort = new AbortController();
  const late = {
    any: async () => {
      const runtime = await library.open({ engine: 'wasm', device: 'auto', deterministic: false });
      abort.abort();
      return runtime;
    },
  } as unknown as Library;
  return { handlers: modelHandlers(late, new DataSets()), signal: abort.signal };
}

describe('a call that is cancelled', () => {
  test.each(['onnx', 'onnx-json', 'safetensors'] as const)('leaves no file of an export: %s', async (format) => {
    const { handlers, signal } = cancelledLate();
    const before = readdirSync(folder.path);
    const call = handlers.export({ run, format, out: at('model'), intervals: false }, { signal });
    await expectCancelled(call);
    expect(readdirSync(folder.path)).toEqual(before);
  });

  test('uses the model no more', async () => {
    const worst = cancelledLate();
    const call = worst.handlers.worstRows({ run, target: 'y', limit: 20 }, { signal: worst.signal });
    await expectCancelled(call);
    const { handlers, signal } = cancelledLate();
    const predictions = handlers.predictions({ run, split: 'train', limit: 20 }, { signal });
    await expectCancelled(predictions);
  });

  test('predicts no batch of rows after the current one', async () => {
    const predictor = await openOnnx(at('run', 'model.onnx'));
    const abort = new AbortController();
    const number = new Float64Array(rows);
    const columns = new Map([
      ['a', number],
      ['b', number],
      ['kind', new Array<string>(rows).fill('red')],
    ] as [string, Float64Array | string[]][]);
    const call = predictor.predict(columns, rows, abort.signal);
    abort.abort();
    await expectCancelled(call);
    await predictor.close();
  });

  test('has written all predictions or no file, whenever it is cancelled', async () => {
    const handlers = modelHandlers(library, new DataSets());
    const table = { source: { kind: 'file' as const, path: at('long.csv') }, dialect: {}, skipBadRows: false };
    let given = 0;
    // Turns of the event loop before it is cancelled; the last one is not.
    for (const turns of [0, 1, 2, 4, 8, 16, 32, 64, Infinity]) {
      const out = at(`predictions-${turns}.csv`);
      const abort = new AbortController();
      let left = turns;
      const turn = () => {
        if (left-- === 0) abort.abort();
        else waiting = setImmediate(turn);
      };
      let waiting = setImmediate(turn);
      const call = handlers.predict({ model: run, table, out, limit: 0, intervals: true }, { signal: abort.signal });
      const answered = await Promise.resolve(call).then(
        () => true,
        () => false,
      );
      clearImmediate(waiting);
      if (answered) given += 1;
      const names = readdirSync(folder.path).filter((name) => name.includes(`predictions-${turns}.csv`));
      expect(names).toEqual(answered ? [path.basename(out)] : []);
      if (answered) expect(readFileSync(out, 'utf8').trimEnd().split('\n').length).toBe(rows + 1);
    }
    expect(given).toBeGreaterThan(0);
  });
});

test('the lowest rows come from all splits, each with its split and target', async () => {
  const { handlers } = cancelledLate();
  const { signal } = new AbortController();
  const worst = await handlers.worstRows({ run, target: 'y', limit: 7 }, { signal });
  const all = await handlers.worstRows({ run, target: 'y', limit: 1000 }, { signal });
  expect(all.rows).toHaveLength(80);
  expect(worst.rows).toEqual(all.rows.slice(0, 7));
  expect(new Set(all.rows.map(({ split }) => split))).toEqual(new Set(['train', 'validation', 'test']));
  const lines = readFileSync(at('table.csv'), 'utf8').split('\n');
  for (const { row, target } of all.rows) expect(target[0]).toBeCloseTo(Number(lines[row]?.split(',')[3]), 5);
});

test('a model that cannot be opened is an error of its file, not a defect', async () => {
  const { handlers } = cancelledLate();
  const { signal } = new AbortController();
  symlinkSync(at('circle.onnx'), at('circle.onnx'));
  const error: unknown = await Promise.resolve(
    handlers.predictRow({ model: at('circle.onnx'), values: {} }, { signal }),
  ).catch((thrown: unknown) => thrown);
  expect(toErrorMessage(error)).toMatchObject({
    code: 'file',
    message: expect.stringContaining(`Cannot read ${at('circle.onnx')}: `) as string,
  });
});

test.skipIf(process.platform === 'win32')(
  'a path that is neither a file nor a folder is refused without waiting',
  async () => {
    const { handlers } = cancelledLate();
    const { signal } = new AbortController();
    await expect(
      Promise.resolve(handlers.predictRow({ model: '/dev/null', values: {} }, { signal })),
    ).rejects.toMatchObject({
      code: 'file',
      field: 'model',
      message: expect.stringContaining('not a regular file') as string,
    });
  },
);
