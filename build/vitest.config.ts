import { compileModule } from 'svelte/compiler';
import { defineConfig, type Plugin } from 'vitest/config';

/** Compiles the renderer's state classes for the browser, so that `$derived` follows `$state` in a test as it does there. */
const runes: Plugin = {
  name: 'svelte-runes',
  enforce: 'post',
  transform: (code, id) =>
    id.endsWith('.svelte.ts') ? compileModule(code, { filename: id, generate: 'client' }).js : undefined,
};

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
