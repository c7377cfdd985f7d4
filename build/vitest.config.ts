import { defineConfig } from 'vitest/config';

export default defineConfig({
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
