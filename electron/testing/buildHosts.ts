import path from 'node:path';
import { build } from 'vite';

const root = path.join(import.meta.dirname, '..', '..');

/** Builds the preload script alone, as the set-up does, into a folder. */
export async function buildPreload(folder: string): Promise<void> {
  const { preloadBuild } = await import('../../build/electron.vite.config.ts');
  await build(preloadBuild(folder));
}

/** Builds both hosts, as the set-up does, into a folder. */
export async function buildHosts(folder: string): Promise<void> {
  await build({
    configFile: path.join(root, 'build', 'electron.vite.config.ts'),
    logLevel: 'error',
    build: { outDir: folder, emptyOutDir: false },
  });
}
