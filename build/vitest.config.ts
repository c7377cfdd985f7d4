import { svelte } from '@sveltejs/vite-plugin-svelte';
import { playwright } from '@vitest/browser-playwright';
import { compileModule } from 'svelte/compiler';
import { defineConfig, type Plugin } from 'vitest/config';
import { launchOptions } from '../e2e/chromium.ts';
import { engineEnvironment } from '../native/tensorflow/environment.ts';

/** Compiles the renderer's state classes for the browser, so that `$derived` follows `$state` in a test as in the browser. */
const runes: Plugin = {
  name: 'svelte-runes',
  enforce: 'post',
  transform: (code, id) =>
    id.endsWith('.svelte.ts') ? compileModule(code, { filename: id, generate: 'client' }).js : undefined,
};

// The loader looks for CUDA before a test's first line runs.
if (process.env.ORTHANT_TEST_DEVICE === 'gpu') {
  const settings = { engine: 'tensorflow', device: 'gpu', deterministic: true } as const;
  Object.assign(process.env, await engineEnvironment(process.env, settings));
}

export default defineConfig({
  test: {
    root: '.',
    reporters: ['default'],
    projects: [
      {
        plugins: [runes],
        test: {
          name: 'unit',
          include: ['{native,electron,build,renderer}/**/*.test.ts'],
          exclude: ['**/*.browser.test.ts'],
          // TensorFlow and DuckDB are native addons: one process per test file, so that a crash names its file.
          pool: 'forks',
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        // Components and screens, in the browser in which `npm start` would open them.
        plugins: [svelte({ configFile: `${import.meta.dirname}/../renderer/svelte.config.js` })],
        cacheDir: '.cache/vite',
        // Found beforehand: a package discovered later makes the browser reload, and with it the tests.
        optimizeDeps: {
          entries: ['renderer/main.ts', 'renderer/**/*.svelte', 'renderer/**/*.browser.test.ts'],
          include: ['axe-core'],
        },
        test: {
          name: 'browser',
          include: ['renderer/**/*.browser.test.ts'],
          setupFiles: ['renderer/testing/setupBrowser.ts'],
          testTimeout: 60_000,
          expect: { poll: { timeout: 20_000 } },
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions }),
            instances: [{ browser: 'chromium' }],
            viewport: { width: 1280, height: 860 },
          },
        },
      },
    ],
  },
});
