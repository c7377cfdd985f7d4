import path from 'node:path';
import { cacheFolderOn, isUnpacked, wheelFolderName } from './cache.mjs';
import { engineVariables } from './variables.mjs';
import { pins } from './wheels.mjs';

/** @typedef {import('./cache.mjs').Wheel} Wheel */

/**
 * The parts of TensorFlow that one machine needs.
 * @typedef {object} Plan
 * @property {string} platform `process.platform`-`process.arch`.
 * @property {'tensorflow' | 'wasm'} engine `wasm` if there is no wheel for this platform.
 * @property {'cpu' | 'gpu'} device
 * @property {string} version Version of TensorFlow.
 * @property {string} cache Folder of all files.
 * @property {(Wheel & { folder: string, keep: string[] })[]} wheels Wheels to download, the folder of each, and the members to keep.
 * @property {number} downloadBytes
 * @property {number} unpackedBytes
 * @property {string} libraryFolder Holds TensorFlow's libraries.
 * @property {string} includeFolder Holds its C headers.
 * @property {string[]} libraries File names of the libraries the binding is linked to.
 * @property {string[]} cudaFolders
 * @property {string | undefined} cudaToolkit
 * @property {Record<string, string>} environment Set before the engine starts, from an empty environment.
 * @property {string[]} notes
 */

export const platforms = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'win32-x64'];

/** The platform of this process, as plans name it. */
const thisPlatform = `${process.platform}-${process.arch}`;

/**
 * Downloads, folders and variables. Depends on its arguments only: the same on every machine, and changes nothing.
 * @param {{ platform?: string, gpu?: boolean, cache?: string, env?: NodeJS.ProcessEnv }} [options]
 *   `gpu`: the machine has an NVIDIA card that TensorFlow's kernels support.
 * @returns {Plan}
 */
export function planTensorFlow({
  platform = thisPlatform,
  gpu = false,
  env = process.env,
  cache = cacheFolderOn(platform, env),
} = {}) {
  const { join } = platform.startsWith('win32') ? path.win32 : path.posix;
  const notes = [];
  const withCuda = gpu && platform === 'linux-x64';
  if (gpu && !withCuda) {
    notes.push(
      platform === 'linux-arm64'
        ? 'The TensorFlow wheel for Linux on arm64 has no CUDA kernels; the CPU is used.'
        : platform === 'win32-x64'
          ? 'TensorFlow has had no CUDA on Windows since 2.11; the CPU is used. WSL2 can use the card.'
          : 'TensorFlow uses an NVIDIA card on Linux x86-64 only; the CPU is used.',
    );
  }
  const wheel = pins.tensorflow[withCuda ? `${platform}-gpu` : platform];
  if (!wheel) {
    notes.push(`There is no TensorFlow ${pins.version} wheel for ${platform}; the embedded WASM engine is used.`);
    return {
      platform,
      engine: 'wasm',
      device: 'cpu',
      version: pins.version,
      cache,
      wheels: [],
      downloadBytes: 0,
      unpackedBytes: 0,
      libraryFolder: '',
      includeFolder: '',
      libraries: [],
      cudaFolders: [],
      cudaToolkit: undefined,
      environment: {},
      notes,
    };
  }
  if (platform === 'win32-x64') {
    notes.push(
      `The library needs python312.dll and the Microsoft C++ runtime: install Python ${pins.python} for Windows.`,
    );
  }
  const place = (/** @type {Wheel} */ each) => join(cache, wheelFolderName(each, platform));
  const tensorflowFolder = place(wheel);
  const cuda = withCuda ? pins.cuda : [];
  const wheels = [wheel, ...cuda].map((each) => ({
    ...each,
    folder: place(each),
    keep: each === wheel ? [...each.members, ...pins.headers] : each.members,
  }));
  const firstLibrary = wheel.members[0] ?? '';
  const libraryFolder = join(tensorflowFolder, path.posix.dirname(firstLibrary));
  const cudaFolders = cuda.flatMap((each) => {
    const library = each.members.find((member) => /\/lib\/[^/]+\.so/.test(member));
    return library ? [join(place(each), path.posix.dirname(library))] : [];
  });
  const toolkit = cuda.find((each) => each.package === 'nvidia-cuda-nvcc-cu12');
  const cudaToolkit = toolkit && join(place(toolkit), 'nvidia', 'cuda_nvcc');
  const device = withCuda ? 'gpu' : 'cpu';
  return {
    platform,
    engine: 'tensorflow',
    device,
    version: pins.version,
    cache,
    wheels,
    downloadBytes: wheels.reduce((sum, each) => sum + each.bytes, 0),
    unpackedBytes: wheels.reduce((sum, each) => sum + each.unpackedBytes, 0),
    libraryFolder,
    includeFolder: join(tensorflowFolder, 'tensorflow', 'include'),
    libraries: wheel.members.map((member) => path.posix.basename(member)),
    cudaFolders,
    cudaToolkit,
    environment: engineVariables({
      platform,
      device,
      libraryFolders: [libraryFolder],
      cudaFolders,
      cudaToolkit,
      env: {},
    }),
    notes,
  };
}

/**
 * The wheels of a plan that are not (completely) in the cache folder.
 * @param {Plan} plan
 */
export function missingWheels(plan) {
  return plan.wheels.filter((wheel) => !isUnpacked(wheel.folder, wheel));
}
