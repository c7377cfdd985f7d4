import { afterEach, expect, test, vi } from 'vitest';
import { installed } from './peers.mjs';

afterEach(() => {
  vi.unstubAllGlobals();
});

test.each([
  ['linux', false, 'jax==0.10.2'],
  ['linux', true, 'jax[cuda12]==0.10.2'],
  ['win32', true, 'jax==0.10.2'],
])("on %s, with an NVIDIA card: %s, JAX's own package is %s", (platform, card, wanted) => {
  vi.stubGlobal('process', Object.create(process, { platform: { value: platform } }));
  expect(installed('jax', card).packages).toContain(wanted);
  // Its usual package includes CUDA.
  expect(installed('torch', card)).toEqual(installed('torch', !card));
});
