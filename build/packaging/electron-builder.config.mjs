import path from 'node:path';
import { findBinding } from '../../native/tensorflow/binding.mjs';
import { planTensorFlow } from '../../native/tensorflow/plan.mjs';
import { filesOfOlderBuilds } from '../setup/code.mjs';

/**
 * Configuration of the package, built on each system for itself: `npm run package`. The archive holds the built code and
 * the npm packages that the engine loads at run time; outside it lie the files that the system's loader must find: native
 * modules, and, beside the archive, TensorFlow's libraries and the binding compiled against them.
 */

/**
 * Libraries and binding as the set-up installed them here. If it could not, the packaged application trains on the
 * embedded WASM engine, as the unpackaged one does.
 * @returns {{ from: string, to: string, filter?: string[] }[]}
 */
function libraries() {
  const plan = planTensorFlow();
  const binding = findBinding(plan);
  if (binding === undefined) return [];
  const folders = [path.dirname(binding), ...plan.wheels.map(({ folder }) => folder)];
  return folders.map((from) => ({ from, to: path.posix.join('libraries', path.basename(from)) }));
}

/**
 * Switches built into the executable, permanently off or on (https://www.electronjs.org/docs/latest/tutorial/fuses).
 * Playwright drives an application through the inspector, so a build for tests keeps the inspector: ORTHANT_INSPECTABLE=1.
 * @param {NodeJS.ProcessEnv} env
 * @returns {import('app-builder-lib').FuseOptionsV1}
 */
export const fuses = (env) => ({
  runAsNode: false,
  enableCookieEncryption: true,
  enableNodeOptionsEnvironmentVariable: false,
  enableNodeCliInspectArguments: env.ORTHANT_INSPECTABLE === '1',
  enableEmbeddedAsarIntegrityValidation: true,
  onlyLoadAppFromAsar: true,
  loadBrowserProcessSpecificV8Snapshot: false,
  grantFileProtocolExtraPrivileges: false,
});

const bindingSource = 'node_modules/@tensorflow/tfjs-node-gpu/binding';

/** @type {import('electron-builder').Configuration} */
export default {
  appId: 'org.orthant.Orthant',
  productName: 'Orthant',
  directories: { buildResources: 'build/packaging', output: '.dist/packages' },
  files: [
    '.dist/electron/**',
    '.dist/native/**',
    '.dist/renderer/**',
    'package.json',
    // Leave out files of the window and the engine that only other entries or a debugger need.
    '!.dist/electron/browser.js',
    '!.dist/native/cli.js',
    '!.dist/**/.stamp',
    ...filesOfOlderBuilds(path.resolve(import.meta.dirname, '../..')).map((file) => `!${file}`),
    '!**/*.map',
    // ONNX Runtime contains the libraries of every system.
    '!node_modules/onnxruntime-node/bin/napi-v6/!(${platform})/**',
    '!node_modules/onnxruntime-node/bin/napi-v6/${platform}/!(${arch})/**',
    // The stock TensorFlow that the package would download.
    '!node_modules/@tensorflow/tfjs-node-gpu/{deps,lib}/**',
    // C++ source is left out by default; the engine identifies its binding by the source that it was compiled from.
    { from: bindingSource, to: bindingSource, filter: ['*.cc', '*.h'] },
  ],
  asar: true,
  asarUnpack: ['**/*.node', '**/*.{so,dylib,dll}', '**/*.so.*'],
  // DuckDB opens the samples itself and cannot read archives; the engine looks for them in the folders above its own.
  extraResources: [{ from: 'native/data/samples', to: 'native/data/samples' }, ...libraries()],
  // The native modules use Node-API: those on npm load into every version of Electron.
  npmRebuild: false,
  electronFuses: fuses(process.env),
  fileAssociations: [
    {
      ext: 'orthant',
      name: 'Orthant configuration',
      description: 'Configuration of a training run',
      mimeType: 'application/x-orthant',
      role: 'Editor',
    },
  ],
  // No deb: electron-builder requires a home page for it.
  linux: { target: ['AppImage'], category: 'Science', icon: 'icon.png' },
  mac: {
    target: [{ target: 'dmg', arch: 'arm64' }],
    category: 'public.app-category.developer-tools',
    icon: 'icon.png',
    hardenedRuntime: true,
    entitlements: 'build/packaging/entitlements.mac.plist',
    entitlementsInherit: 'build/packaging/entitlements.mac.plist',
  },
  win: { target: [{ target: 'nsis', arch: 'x64' }], icon: 'icon.png' },
};
