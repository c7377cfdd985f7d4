import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

/** Builds the window into `.dist/renderer`. Paths are relative, so that the same files are served under `app://` and over http. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [svelte({ configFile: `${import.meta.dirname}/svelte.config.js` })],
  build: {
    outDir: `${import.meta.dirname}/../.dist/renderer`,
    emptyOutDir: true,
    target: 'chrome130',
    // Fonts and icons stay files: the content policy has no `data:` for fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2000,
  },
  server: { host: '127.0.0.1', port: 5199, fs: { allow: [`${import.meta.dirname}/..`] } },
});
