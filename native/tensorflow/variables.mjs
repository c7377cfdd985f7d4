import path from 'node:path';

/**
 * The environment variables that TensorFlow reads once, as the process starts or as the library is loaded. Only those
 * whose value must change are returned.
 *
 * - `LD_LIBRARY_PATH`: folders of the CUDA libraries; the loader reads it before the first line of the program runs.
 * - `PATH`: `ptxas`, which XLA starts; on Windows also TensorFlow's library.
 * - `XLA_FLAGS`: folder of libdevice for XLA, and `--xla_gpu_deterministic_ops`.
 * - `TF_FORCE_GPU_ALLOW_GROWTH`: otherwise TensorFlow takes nearly all of the card's memory.
 * - `TF_DETERMINISTIC_OPS`: kernels that give the same bits every time; those for the CPU do anyway.
 * - `CUDA_VISIBLE_DEVICES`: one card, because the binding uploads to the last card and computes on the first; -1 hides all.
 * - `TF_CPP_MIN_LOG_LEVEL`: 2 keeps errors and drops the start-up notes.
 * - `TF_ENABLE_ONEDNN_OPTS`: 0 gives the same numbers on more processors and drops a note about it that nothing else
 *   silences; networks of this kind train no slower (measured).
 * - `TF_OVERRIDE_GLOBAL_THREADPOOL`: a session computes with as many threads as it was opened with (binding.mjs), instead
 *   of with those of the process.
 *
 * @param {{
 *   platform: string,
 *   device: 'cpu' | 'gpu',
 *   deterministic?: boolean,
 *   card?: string,
 *   libraryFolders: readonly string[],
 *   cudaFolders: readonly string[],
 *   cudaToolkit?: string | undefined,
 *   env: NodeJS.ProcessEnv,
 * }} options `platform` as in plan.mjs; `libraryFolders` hold TensorFlow, `cudaFolders` CUDA; `cudaToolkit` has
 *   `bin/ptxas` and `nvvm/libdevice`; `card` is the card to use, by UUID (an index, as in the default, would depend on
 *   CUDA's order); `env` is the current environment.
 * @returns {Record<string, string>}
 */
export function engineVariables({
  platform,
  device,
  deterministic = false,
  card = '0',
  libraryFolders,
  cudaFolders,
  cudaToolkit,
  env,
}) {
  const windows = platform.startsWith('win32');
  const { join, delimiter } = windows ? path.win32 : path.posix;
  const gpu = device === 'gpu';
  /** @type {Record<string, string>} */
  const wanted = {};

  /** @param {string} name @param {readonly string[]} folders */
  const prepend = (name, folders) => {
    const present = (env[name] ?? '').split(delimiter).filter((folder) => folder !== '');
    const missing = folders.filter((folder) => !present.includes(folder));
    if (missing.length > 0) wanted[name] = [...missing, ...present].join(delimiter);
  };
  /** @param {string} name @param {string} value */
  const fallback = (name, value) => {
    if (env[name] === undefined) wanted[name] = value;
  };

  fallback('TF_CPP_MIN_LOG_LEVEL', '2');
  fallback('TF_ENABLE_ONEDNN_OPTS', '0');
  fallback('TF_OVERRIDE_GLOBAL_THREADPOOL', '1');
  if (windows) prepend('PATH', libraryFolders);
  if (gpu) {
    prepend('LD_LIBRARY_PATH', cudaFolders);
    if (cudaToolkit !== undefined) prepend('PATH', [join(cudaToolkit, 'bin')]);
    fallback('TF_FORCE_GPU_ALLOW_GROWTH', 'true');
    if (env.CUDA_VISIBLE_DEVICES !== card) wanted.CUDA_VISIBLE_DEVICES = card;
  } else if (cudaFolders.length > 0 && env.CUDA_VISIBLE_DEVICES !== '-1') {
    wanted.CUDA_VISIBLE_DEVICES = '-1';
  }

  const flags = xlaFlags(env.XLA_FLAGS ?? '');
  const more = [
    ...(gpu && cudaToolkit !== undefined ? [xlaFlag('--xla_gpu_cuda_data_dir', cudaToolkit)] : []),
    ...(gpu && deterministic ? ['--xla_gpu_deterministic_ops=true'] : []),
  ].filter((flag) => !flags.some((present) => present.split('=')[0] === flag.split('=')[0]));
  if (more.length > 0) wanted.XLA_FLAGS = [...flags, ...more].join(' ');
  if (gpu && deterministic && env.TF_DETERMINISTIC_OPS !== '1') wanted.TF_DETERMINISTIC_OPS = '1';
  return wanted;
}

/**
 * The flags in `XLA_FLAGS`, as XLA splits it: at spaces, but not at those of a value in quotes. Quotes are kept.
 * @param {string} flags
 * @returns {string[]}
 */
const xlaFlags = (flags) => flags.match(/-[-\w]*=(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|\S+/gs) ?? [];

/** A flag for `XLA_FLAGS`, in quotes if XLA would split the value. @param {string} name @param {string} value */
const xlaFlag = (name, value) =>
  /[\s"'\\]/.test(value) ? `${name}="${value.replaceAll(/["\\]/g, '\\$&')}"` : `${name}=${value}`;
