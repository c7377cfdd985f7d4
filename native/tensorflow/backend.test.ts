import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { doctorReportSchema } from '../contract/doctorReport.ts';
import { openEngine } from './backend.ts';
import { nativeBackend } from './nativeBackend.ts';
import { diagnose } from './doctor.ts';
import { engineEnvironment } from './environment.ts';
import { emptyCache, failure, folder, pretendCards, rtx4090, rtx5090 } from './pretendMachine.ts';
import { hasTensorflow } from './testEngines.ts';

describe('TensorFlow is installed', () => {
  test.skipIf(!hasTensorflow)('it is opened, on the CPU, and reports that', async () => {
    const runtime = await openEngine({ device: 'cpu' });
    expect(runtime).toMatchObject({
      engine: 'tensorflow',
      version: '2.21.0',
      device: 'cpu',
      reproducible: true,
      warnings: [],
    });
    expect(runtime.reason).toMatch(/CPU was asked for/);
    expect(runtime.tf.getBackend()).toBe('tensorflow');
  });

  test.skipIf(!hasTensorflow)(
    'a tensor has memory of its own, wherever the array lies that it is made from',
    async () => {
      const { tf } = await openEngine({ engine: 'tensorflow', device: 'cpu' });
      const { binding } = nativeBackend(tf);
      // TensorFlow's number for float32.
      const float = 1;
      // Buffers start at multiples of 16 bytes, and TensorFlow could use those at multiples of 64 in place.
      for (let length = 16; length < 400; length++) {
        const values = new Float32Array(length).fill(1);
        const id = binding.createTensor([length], float, values);
        values.fill(2);
        expect(binding.tensorDataSync(id)).toEqual(new Float32Array(length).fill(1));
        binding.deleteTensor(id);
      }
    },
  );

  test.skipIf(!hasTensorflow)('the doctor loads it', async () => {
    const report = await diagnose({ device: 'cpu' });
    expect(doctorReportSchema.parse(report)).toMatchObject({
      engine: 'tensorflow',
      version: '2.21.0',
      device: 'cpu',
      missing: [],
    });
    expect(report.cache.bytes).toBeGreaterThan(800e6);
  });

  test.skipIf(!hasTensorflow)('the last opened engine is used, and both can be opened again', async () => {
    for (const engine of ['tensorflow', 'wasm', 'tensorflow', 'wasm'] as const) {
      const { tf, version } = await openEngine({ engine, device: 'cpu' });
      expect(tf.getBackend()).toBe(engine);
      expect(tf.matMul(tf.tensor2d([[1, 2]]), tf.tensor2d([[3], [4]])).arraySync()).toEqual([[11]]);
      expect(version).toBe(engine === 'tensorflow' ? '2.21.0' : '4.22.0');
    }
  });

  test.skipIf(!hasTensorflow)('a card that is too new is named, and the CPU is used with a warning', async () => {
    pretendCards(rtx5090);
    const { device, warnings } = await openEngine();
    expect(device).toBe('cpu');
    expect(warnings).toEqual([
      expect.stringMatching(/CPU is used: the NVIDIA GeForce RTX 5090 \(compute capability 12\.0\) is too new/),
    ]);
    expect((await failure(openEngine({ device: 'gpu' }))).message).toMatch(/RTX 5090.*too new/);
  });

  test.skipIf(!hasTensorflow)('a card without its libraries: the CPU, and the command that fetches them', async () => {
    pretendCards(rtx4090);
    const { device, warnings } = await openEngine();
    expect(device).toBe('cpu');
    expect(warnings[0]).toMatch(
      /RTX 4090, but 13 packages .* are not in .* \(to fetch what it needs: node build\/setup\.mjs --gpu\)\.$/,
    );
    const report = await diagnose();
    expect(report.missing).toEqual([
      expect.objectContaining({ effect: 'Training uses the CPU.', command: 'node build/setup.mjs --gpu' }),
    ]);
    expect(report.cuda).toMatchObject({
      card: 'NVIDIA GeForce RTX 4090 (compute capability 8.9)',
      driver: '550.54.14',
    });
  });
});

describe('TensorFlow is not installed', () => {
  test('the WASM engine is used, with the reason and the command that fixes it', async () => {
    emptyCache();
    const runtime = await openEngine();
    expect(runtime).toMatchObject({ engine: 'wasm', version: '4.22.0', device: 'cpu', reproducible: true });
    expect(runtime.reason).toMatch(/TensorFlow is not available: tensorflow.* is not in .*empty/);
    expect(runtime.warnings).toEqual([
      expect.stringMatching(/several times slower than TensorFlow\. Run: node build\/setup\.mjs/),
    ]);
    expect(runtime.tf.getBackend()).toBe('wasm');
  });

  test('requesting TensorFlow is an error with the command that fixes it', async () => {
    emptyCache();
    const error = await failure(openEngine({ engine: 'tensorflow' }));
    expect(error.message).toMatch(/TensorFlow cannot be used: .* Run: node build\/setup\.mjs/);
    expect(error.field).toBe('engine');
  });

  test('requesting a missing GPU is an error, with any engine', async () => {
    emptyCache();
    vi.stubEnv('PATH', folder);
    expect((await failure(openEngine({ device: 'gpu' }))).message).toMatch(/nvidia-smi finds no NVIDIA card/);
    const wasm = await failure(openEngine({ engine: 'wasm', device: 'gpu' }));
    expect(wasm).toMatchObject({ field: 'device', message: expect.stringMatching(/WASM engine has no GPU/) as string });
  });

  test('the doctor names Python, the compiler and TensorFlow, each with a command', async () => {
    emptyCache();
    const report = await diagnose({}, { PATH: folder, ORTHANT_CACHE: path.join(folder, 'empty') });
    expect(doctorReportSchema.parse(report).engine).toBe('wasm');
    expect(report.missing.map(({ what }) => what)).toEqual([
      expect.stringMatching(/^Python with pip/),
      expect.stringMatching(/^A C\+\+ compiler/),
      expect.stringMatching(/^TensorFlow: /),
    ]);
    expect(report.missing.at(-1)!.command).toBe('node build/setup.mjs');
    expect(report.cache).toEqual({ folder: path.join(folder, 'empty'), bytes: 0 });
  });
});

test('a missing engine needs no preparation: the error is thrown where it is shown', async () => {
  emptyCache();
  expect(await engineEnvironment(process.env, { device: 'gpu' })).toEqual({});
  expect(await engineEnvironment(process.env, { engine: 'tensorflow' })).toEqual({});
});
