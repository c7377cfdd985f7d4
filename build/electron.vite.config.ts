import { builtinModules } from 'node:module';
import path from 'node:path';
import { defineConfig } from 'vite';

/**
 * The hosts, one bundle a mode (`vite build --config build/electron.vite.config.ts --mode main|preload|browser`). Their
 * npm packages are bundled, so that they start from one file each; `electron` and Node's own modules are not. The preload
 * script is CommonJS: Electron's sandbox knows no other.
 */
const entries: Record<string, { entry: string; file: string; format: 'es' | 'cjs' }> = {
  main: { entry: 'electron/main.ts', file: 'main.js', format: 'es' },
  preload: { entry: 'electron/preload.ts', file: 'preload.cjs', format: 'cjs' },
  browser: { entry: 'electron/browser/main.ts', file: 'browser.js', format: 'es' },
};

const root = path.join(import.meta.dirname, '..');

export default defineConfig(({ mode }) => {
  const target = entries[mode];
  if (target === undefined) throw new Error(`--mode must be one of ${Object.keys(entries).join(', ')}, not "${mode}".`);
  return {
    root,
    mode: 'production',
    publicDir: false,
    logLevel: 'warn',
    ssr: { noExternal: true },
    build: {
      ssr: target.entry,
      outDir: path.join(root, '.dist/electron'),
      emptyOutDir: false,
      target: 'node20',
      minify: false,
      sourcemap: true,
      rolldownOptions: {
        external: ['electron', ...builtinModules, ...builtinModules.map((name) => `node:${name}`)],
        output: { format: target.format, entryFileNames: target.file, codeSplitting: false },
      },
    },
  };
});
