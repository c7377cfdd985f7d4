import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import { OrthantError } from '../contract/errors.ts';
import { bindingNote, describeBinding } from './binding.mjs';
import { completeMarker } from './cache.mjs';
import { planTensorFlow } from './plan.mjs';

/** A temporary folder of the test; the fakes made by the functions here end with the test. */
export let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'orthant-engine-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** An nvidia-smi that reports these cards. */
export function pretendCards(...lines: string[]): void {
  const script = `#!/bin/sh\nprintf '%s\\n' ${lines.map((line) => `'${line}'`).join(' ')}\n`;
  writeFileSync(path.join(folder, 'nvidia-smi'), script, { mode: 0o755 });
  vi.stubEnv('PATH', `${folder}:${process.env.PATH ?? ''}`);
}

/** A cache folder with the wheels for a card, as empty files, and a binding that cannot be loaded. */
export function pretendLibraries(): void {
  const cache = path.join(folder, 'cache');
  vi.stubEnv('ORTHANT_CACHE', cache);
  const plan = planTensorFlow({ gpu: true });
  for (const wheel of plan.wheels) {
    for (const member of wheel.keep) {
      mkdirSync(path.dirname(path.join(wheel.folder, member)), { recursive: true });
      writeFileSync(path.join(wheel.folder, member), '');
    }
    const marker = completeMarker(wheel, Object.fromEntries(wheel.keep.map((member) => [member, 0])));
    writeFileSync(path.join(wheel.folder, marker.name), marker.text);
  }
  const binding = describeBinding(plan);
  mkdirSync(binding.folder);
  writeFileSync(binding.file, 'not a library');
  writeFileSync(path.join(binding.folder, bindingNote), '{}');
}

/** A cache folder that does not exist. */
export const emptyCache = () => {
  vi.stubEnv('ORTHANT_CACHE', path.join(folder, 'empty'));
};
export const rtx4090 = '0, GPU-40904090-aa, NVIDIA GeForce RTX 4090, 8.9, 550.54.14, 24564';
export const rtx5090 = '0, GPU-50905090-aa, NVIDIA GeForce RTX 5090, 12.0, 570.10, 32607';
/** The error that `promise` rejects with. */
export const failure = async (promise: Promise<unknown>): Promise<OrthantError> => {
  const error: unknown = await promise.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(OrthantError);
  expect((error as OrthantError).code).toBe('engine');
  return error as OrthantError;
};
