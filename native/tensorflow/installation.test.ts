import { expect, test } from 'vitest';
import { openEngine } from './backend.ts';
import { diagnose } from './doctor.ts';
import { engineEnvironment } from './environment.ts';
import { findInstallation } from './installation.ts';
import { failure, pretendCards, pretendLibraries, rtx4090, rtx5090 } from './pretendMachine.ts';

// TensorFlow is loaded once per process, so these tests have a separate file, in which it is never loaded.

test('libraries that exist but cannot be loaded: the WASM engine, and the reason', async () => {
  pretendLibraries();
  const runtime = await openEngine({ device: 'cpu' });
  expect(runtime.engine).toBe('wasm');
  expect(runtime.warnings).toEqual([
    expect.stringMatching(/TensorFlow cannot be loaded: .*(file too short|invalid ELF|not a mach-o)/i),
  ]);
  await failure(openEngine({ engine: 'tensorflow' }));
  const report = await diagnose({ device: 'cpu' });
  expect(report.warnings[0]).toMatch(/installed but cannot be loaded: .*(file too short|invalid ELF)/);
  expect(report).toMatchObject({ engine: 'wasm', missing: [{ command: 'node build/setup.mjs' }] });
});

test('the parent gets the variables to set, and a process that was started without them reports that', async () => {
  pretendLibraries();
  pretendCards(rtx5090.replace('0,', '1,'), rtx4090);
  const variables = await engineEnvironment(process.env, { deterministic: true });
  expect(variables).toMatchObject({
    CUDA_VISIBLE_DEVICES: 'GPU-40904090-aa',
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
    TF_DETERMINISTIC_OPS: '1',
  });
  expect(variables.LD_LIBRARY_PATH).toContain('/nvidia/cudnn/lib');
  expect(await engineEnvironment({ ...process.env, ...variables }, { deterministic: true })).toEqual({});
  expect((await failure(openEngine())).message).toMatch(/started without LD_LIBRARY_PATH/);
  expect(await engineEnvironment(process.env, { engine: 'wasm' })).toEqual({});
  expect(await engineEnvironment(process.env, { device: 'cpu' })).toMatchObject({ CUDA_VISIBLE_DEVICES: '-1' });
});

test('the CPU can be requested', async () => {
  pretendLibraries();
  pretendCards(rtx4090);
  const installation = await findInstallation();
  expect(installation).toMatchObject({ cpu: undefined, card: { uuid: 'GPU-40904090-aa' }, cardReasons: [] });
  expect(installation.gpu?.plan.device).toBe('gpu');
});
