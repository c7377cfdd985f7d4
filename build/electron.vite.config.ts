import { existsSync } from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { build, defineConfig, type InlineConfig, type Plugin } from 'vite';

const root = path.resolve(import.meta.dirname, '..');

/** The entries of electron/: Electron's main process and the browser host. */
const entries = { main: 'electron/main.ts', browser: 'electron/browser/main.ts' };
const preload = path.join(root, 'electron/preload.ts');

/** Their npm packages are bundled, so that they start from few files; `electron` and Node's own modules are not there to bundle. */
const shared = {
  root,
  publicDir: false,
  ssr: { noExternal: true },
} satisfies InlineConfig;
const external = ['electron', ...builtinModules, ...builtinModules.map((name) => `node:${name}`)];
const built = { ssr: true, target: 'node20', sourcemap: true, minify: false } as const;

/** Electron's sandbox knows only CommonJS, and only one file: the preload script is a build of its own. */
const buildPreload: Plugin = {
  name: 'orthant:preload',
  async writeBundle({ dir }) {
    if (dir === undefined || !existsSync(preload)) return;
    await build({
      ...shared,
      configFile: false,
      logLevel: 'error',
      build: {
        ...built,
        outDir: dir,
        emptyOutDir: false,
        rolldownOptions: { external, input: { preload }, output: { format: 'cjs', entryFileNames: '[name].cjs' } },
      },
    });
  },
};

export default defineConfig({
  ...shared,
  plugins: [buildPreload],
  build: {
    ...built,
    outDir: '.dist/electron',
    rolldownOptions: {
      external,
      input: Object.fromEntries(
        Object.entries(entries)
          .map(([name, file]) => [name, path.join(root, file)] as const)
          .filter(([, file]) => existsSync(file)),
      ),
      output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
    },
  },
});
