import { compileModule } from 'svelte/compiler';
import { defineConfig, type Plugin } from 'vitest/config';
import { engineEnvironment } from '../native/tensorflow/environment.ts';

/** Compiles the renderer's state classes for the browser, so that `$derived` follows `$state` in a test as it does there. */
const runes: Plugin = {
  name: 'svelte-runes',
  enforce: 'post',
  transform: (code, id) =>
    id.endsWith('.svelte.ts') ? compileModule(code, { filename: id, generate: 'client' }).js : undefined,
};

// The loader reads where CUDA lies before a test's first line runs.
if (process.env.ORTHANT_TEST_DEVICE === 'gpu') {
  const settings = { engine: 'tensorflow', device: 'gpu', deterministic: true } as const;
  Object.assign(process.env, await engineEnvironment(process.env, settings));
}

export default defineConfig({
  plugins: [runes],
  test: {
    root: '.',
    include: ['{native,electron,build,renderer}/**/*.test.ts'],
    // TensorFlow and DuckDB are native addons: one process per test file, so that a crash names its file.
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 120_000,
    reporters: ['default'],
  },
});
