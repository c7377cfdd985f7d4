import { builtinModules } from 'node:module';
import path from 'node:path';
import { build, defineConfig, type InlineConfig, type Plugin } from 'vite';

const root = path.resolve(import.meta.dirname, '..');

const preload = path.join(root, 'electron/preload.ts');

/** npm packages are bundled, so that hosts start from few files; `electron` and Node's own modules cannot be. */
const shared = {
  root,
  publicDir: false,
  ssr: { noExternal: true },
} satisfies InlineConfig;
const external = ['electron', ...builtinModules, ...builtinModules.map((name) => `node:${name}`)];
const built = { ssr: true, target: 'node20', sourcemap: true, minify: false } as const;

/**
 * Build of the preload script: Electron's sandbox loads only CommonJS, and only one file, so it is a separate build.
 *
 * @param outDir - output folder
 */
export const preloadBuild = (outDir: string): InlineConfig => ({
  ...shared,
  configFile: false,
  logLevel: 'error',
  build: {
    ...built,
    outDir,
    emptyOutDir: false,
    rolldownOptions: { external, input: { preload }, output: { format: 'cjs', entryFileNames: '[name].cjs' } },
  },
});

const buildPreload: Plugin = {
  name: 'orthant:preload',
  async writeBundle({ dir }) {
    if (dir !== undefined) await build(preloadBuild(dir));
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
      input: {
        main: path.join(root, 'electron/electronMain.ts'),
        browser: path.join(root, 'electron/browser/browserMain.ts'),
      },
      output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
    },
  },
});
