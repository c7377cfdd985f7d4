import { extractAll, listPackage, statFile } from '@electron/asar';
import { build, Platform } from 'electron-builder';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import config from './electron-builder.config.mjs';

const root = path.resolve(import.meta.dirname, '..', '..');

/**
 * The packaged files, with the system of the native modules written out: the package below has the folders of Linux on
 * every system.
 * @param {NonNullable<import('electron-builder').Configuration['files']>} files
 * @param {{ platform: string, arch: string }} system As in `process`.
 * @returns {NonNullable<import('electron-builder').Configuration['files']>}
 */
export function filesFor(files, { platform, arch }) {
  const written = (/** @type {unknown} */ rule) =>
    typeof rule === 'string' ? rule.replaceAll('${platform}', platform).replaceAll('${arch}', arch) : rule;
  return /** @type {NonNullable<import('electron-builder').Configuration['files']>} */ ([files].flat().map(written));
}

/**
 * Packs the application with this system's native modules as `npm run package` does, around fakes of Electron's own files,
 * since no binary is needed for that: in the folder layout of Linux, which needs the fewest fakes, without fuses, and
 * with the libraries linked instead of copied.
 * @param {string} folder An empty folder.
 * @returns {Promise<{ resources: string, app: string, files: { file: string, unpacked: boolean }[] }>} The folder that a
 *   packaged application knows as `process.resourcesPath`; in it, the archive taken apart; the archive's files.
 */
export async function packForTest(folder) {
  const dist = path.join(folder, 'dist');
  mkdirSync(path.join(dist, 'locales'), { recursive: true });
  for (const name of ['electron', 'LICENSE', 'LICENSES.chromium.html', 'locales/en-US.pak']) {
    writeFileSync(path.join(dist, name), '', { mode: 0o755 });
  }
  /** @type {{ version: string }} */
  const { version } = JSON.parse(readFileSync(path.join(root, 'node_modules/electron/package.json'), 'utf8'));
  const output = path.join(folder, 'packed');
  await build({
    projectDir: root,
    targets: Platform.LINUX.createTarget('dir'),
    publish: 'never',
    config: {
      ...config,
      files: filesFor(config.files ?? [], process),
      extraResources: null,
      electronFuses: null,
      electronDist: dist,
      electronVersion: version,
      directories: { ...config.directories, output },
    },
  });
  const resources = path.join(output, 'linux-unpacked', 'resources');
  for (const { from, to } of extraResources()) {
    mkdirSync(path.dirname(path.join(resources, to)), { recursive: true });
    symlinkSync(path.resolve(root, from), path.join(resources, to));
  }

  const archive = path.join(resources, 'app.asar');
  const app = path.join(resources, 'app');
  extractAll(archive, app);
  const files = listPackage(archive, { isPack: false })
    .map((file) => ({ file: file.replaceAll('\\', '/').slice(1), stat: statFile(archive, file.slice(1), false) }))
    .filter(({ stat }) => 'size' in stat)
    .map(({ file, stat }) => ({ file, unpacked: 'unpacked' in stat && Boolean(stat.unpacked) }));
  rmSync(dist, { recursive: true });
  return { resources, app, files };
}

/** @returns {{ from: string, to: string }[]} */
function extraResources() {
  const { extraResources: resources } = config;
  return Array.isArray(resources) ? /** @type {{ from: string, to: string }[]} */ (resources) : [];
}
