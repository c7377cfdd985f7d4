import { existsSync } from 'node:fs';
import path from 'node:path';
import { defineConfig } from 'vite';

const root = path.resolve(import.meta.dirname, '..');

/** The entries of native/: the engine process and the command line. */
const entries = { engine: 'native/engine/engineMain.ts', cli: 'native/cli/cliMain.ts' };

/**
 * Packages stay packages: several of them are native, and all are installed. Only those of many small files are bundled,
 * since every engine process and every command would find and read each file (0.2 s).
 */
const bundled = ['zod', '@bufbuild/protobuf', 'fflate', '@duckdb/node-api', 'commander'];

export default defineConfig({
  root,
  ssr: { external: true, noExternal: bundled },
  build: {
    ssr: true,
    target: 'node20',
    outDir: '.dist/native',
    sourcemap: true,
    minify: false,
    rolldownOptions: {
      input: Object.fromEntries(
        Object.entries(entries)
          .filter(([, file]) => existsSync(path.join(root, file)))
          .map(([name, file]) => [name, path.join(root, file)]),
      ),
      output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
    },
  },
});
