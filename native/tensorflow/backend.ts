import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import path from 'node:path';
import type * as tfjs from '@tensorflow/tfjs-core';
import type * as Wasm from '@tensorflow/tfjs-backend-wasm';
import type * as NodeBackend from '@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js';
import type { TFJSBinding } from '@tensorflow/tfjs-node-gpu/dist/tfjs_binding.js';
import { startVariables } from '../contract/engine.ts';
import { OrthantError } from '../contract/errors.ts';
import { chooseEngine, choiceVariables, deviceError, type Choice, type EngineOptions } from './choice.ts';
import { findInstallation, type Installation, type Provisioned } from './installation.ts';
import { nativeBackend } from './nativeBackend.ts';
import { preload } from './preload.ts';
import { tf } from './tfjsCore.ts';
import { loadTfjsPackage } from './tfjsPackage.ts';
import { registerTensorflowKernels, tensorflowBackend } from './tensorflowKernels.ts';
import { registerWasmKernels, wasmBackend } from './wasmKernels.ts';

export type { EngineOptions };

/** The opened library that trains. A process uses one at a time: the one opened last. */
export interface EngineRuntime {
  readonly engine: 'tensorflow' | 'wasm';
  /** Version of TensorFlow, or of the WASM engine. */
  readonly version: string;
  readonly device: 'cpu' | 'gpu';
  /** Name of the processor or card. */
  readonly deviceName: string;
  /** Memory of the card, if one is used and its size is known. */
  readonly cardBytes?: number;
  /** Whether two runs with the same seed give the same bits. */
  readonly reproducible: boolean;
  /** Why this engine and device are used. */
  readonly reason: string;
  /** Warnings for the user: a card that is not used, a faster engine that is not installed. */
  readonly warnings: readonly string[];
  /** The library; its operations run on this engine. */
  readonly tf: typeof tfjs;
  /**
   * Number of live tensors, JavaScript's and the engine's own buffers together. Two equal counts mean that nothing leaked
   * in between.
   */
  tensorCount(): number;
  /** Frees the engine's tensors. The library stays loaded and can be opened again. */
  dispose(): void;
}

const require = createRequire(import.meta.url);

/** How TensorFlow was loaded in this process; it cannot be loaded a second time in another way. */
let loaded: { readonly card: boolean; readonly deterministic: boolean } | undefined;

/**
 * Opens the engine that the options ask for, or the best available one.
 * @throws OrthantError `engine` if a requested engine or device is not available; its message has the reason and the
 *   command that fixes it.
 */
export async function openEngine(options: EngineOptions = {}): Promise<EngineRuntime> {
  const installation = await findInstallation();
  const choice = chooseEngine(installation, options);
  if (choice.provisioned === undefined) return openWasm(choice);
  try {
    return await openTensorflow(choice, choice.provisioned, installation, options);
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    const { engine = 'auto', device = 'auto' } = options;
    if (error instanceof OrthantError) throw error;
    if (engine === 'tensorflow' || device === 'gpu') {
      throw new OrthantError('engine', `TensorFlow cannot be loaded: ${cause}`, { field: 'engine', cause: error });
    }
    const reason = 'TensorFlow is installed but cannot be loaded.';
    return openWasm({
      reason,
      warnings: [...choice.warnings, `The embedded WASM engine is used, since TensorFlow cannot be loaded: ${cause}`],
    });
  }
}

async function openTensorflow(
  choice: Choice,
  provisioned: Provisioned,
  installation: Installation,
  { device = 'auto', deterministic = false }: EngineOptions,
): Promise<EngineRuntime> {
  const { card } = installation;
  const warnings = [...choice.warnings];
  if (loaded === undefined) {
    await loadTensorflow(provisioned, choiceVariables(choice, installation, process.env, deterministic));
    loaded = { card: choice.useCard, deterministic };
  } else if (loaded.card !== choice.useCard || (loaded.card && loaded.deterministic !== deterministic)) {
    throw deviceError(
      'This process has opened TensorFlow with another device or without --deterministic; this run needs a separate engine process.',
    );
  }
  await tf.setBackend(tensorflowBackend);
  const backend = nativeBackend(tf);
  const onCard = backend.isUsingGpuDevice;
  let { reason } = choice;
  if (choice.useCard && !onCard) {
    const problem = `TensorFlow cannot use the ${card?.name ?? 'card'}: its driver (${card?.driver ?? 'unknown'}) is too old for CUDA 12.5, or a CUDA library cannot be loaded`;
    if (device === 'gpu')
      throw deviceError(`${problem}. With TF_CPP_MIN_LOG_LEVEL=0 in the environment it prints which.`);
    warnings.push(`The CPU is used: ${problem}.`);
    reason = 'TensorFlow is installed, and its NVIDIA card cannot be reached.';
  }
  return {
    engine: 'tensorflow',
    version: backend.binding.TF_Version,
    device: onCard ? 'gpu' : 'cpu',
    deviceName: onCard ? (card?.name ?? 'NVIDIA card') : processorName(),
    ...(onCard && card !== undefined ? { cardBytes: card.memoryBytes } : {}),
    reproducible: !onCard || deterministic,
    reason,
    warnings,
    tf,
    tensorCount: () => tf.memory().numTensors + backend.getNumOfTFTensors(),
    dispose: () => {
      tf.disposeVariables();
    },
  };
}

/** Loads the binding, and TensorFlow with it, and registers it with tfjs. */
async function loadTensorflow(
  { plan, binding: bindingPath }: Provisioned,
  variables: Readonly<Record<string, string>>,
): Promise<void> {
  const late = startVariables.filter((name) => variables[name] !== undefined);
  if (late.length > 0)
    throw deviceError(`The engine process was started without ${late.join(', ')} for the CUDA libraries.`);
  requireVectorInstructions();
  const { CUDA_VISIBLE_DEVICES: card, ...lasting } = variables;
  // Node writes these to the process's real environment, where TensorFlow reads them as it is loaded.
  Object.assign(process.env, lasting);
  const preloaded = preload(plan.libraries.map((name) => path.join(plan.libraryFolder, name)));
  loadTfjsPackage();
  const { NodeJSKernelBackend } =
    require('@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js') as typeof NodeBackend;
  require('@tensorflow/tfjs-node-gpu/dist/register_all_kernels.js');
  await preloaded;
  const visible = process.env.CUDA_VISIBLE_DEVICES;
  if (card !== undefined) process.env.CUDA_VISIBLE_DEVICES = card;
  let binding: TFJSBinding;
  try {
    binding = require(bindingPath) as TFJSBinding;
  } finally {
    // A variable that hides the cards from TensorFlow would also hide them from the next search for cards.
    if (visible === undefined) delete process.env.CUDA_VISIBLE_DEVICES;
    else process.env.CUDA_VISIBLE_DEVICES = visible;
  }
  tf.registerBackend(tensorflowBackend, () => new NodeJSKernelBackend(binding, '@tensorflow/tfjs-node-gpu'));
  registerTensorflowKernels();
}

async function openWasm({ reason, warnings }: Pick<Choice, 'reason' | 'warnings'>): Promise<EngineRuntime> {
  loadTfjsPackage();
  const { version_wasm: version } = require('@tensorflow/tfjs-backend-wasm') as typeof Wasm;
  registerWasmKernels();
  await tf.setBackend(wasmBackend);
  return {
    engine: 'wasm',
    version,
    device: 'cpu',
    deviceName: processorName(),
    reproducible: true,
    reason,
    warnings,
    tf,
    tensorCount: () => tf.memory().numTensors + tf.backend().numDataIds(),
    dispose: () => {
      tf.disposeVariables();
    },
  };
}

/** Name of the processor, or its architecture if the system does not report it. */
export function processorName(): string {
  return cpus()[0]?.model.trim() ?? process.arch;
}

/** TensorFlow's libraries for x86-64 end the process if the processor has no AVX; an error can be reported instead. */
function requireVectorInstructions(): void {
  if (process.platform !== 'linux' || process.arch !== 'x64') return;
  const flags = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1];
  if (flags !== undefined && !flags.split(' ').includes('avx')) {
    throw new Error('this processor has no AVX instructions, which TensorFlow needs');
  }
}
