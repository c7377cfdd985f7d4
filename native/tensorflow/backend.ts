import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import * as tf from '@tensorflow/tfjs-core';
import type * as Wasm from '@tensorflow/tfjs-backend-wasm';
import type * as NodeBackend from '@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js';
import type { TFJSBinding } from '@tensorflow/tfjs-node-gpu/dist/tfjs_binding.js';
import { OrthantError } from '../contract/errors.ts';
import { engineEnvironment, startVariables } from './environment.ts';
import { findInstallation, setupCommand, type Installation, type Provisioned } from './installation.ts';
import { restoreIsNullOrUndefined } from './nodeUtil.ts';
import { registerTensorflowKernels, tensorflowBackend, type NativeBackend } from './tensorflowKernels.ts';
import { registerWasmKernels, wasmBackend } from './wasmKernels.ts';

export interface EngineOptions {
  /** `auto`: TensorFlow where it is installed, else the embedded WASM engine. */
  readonly engine?: 'auto' | 'tensorflow' | 'wasm';
  /** `auto`: an NVIDIA card where TensorFlow can use it, else the CPU. */
  readonly device?: 'auto' | 'cpu' | 'gpu';
  /** On a card, slower kernels that give the same bits every time. The CPU engines always do. */
  readonly deterministic?: boolean;
}

/** The library that trains, opened. A process has one at a time: the one opened last is at work. */
export interface EngineRuntime {
  readonly engine: 'tensorflow' | 'wasm';
  /** Of TensorFlow, or of the WASM engine. */
  readonly version: string;
  readonly device: 'cpu' | 'gpu';
  /** Name of the processor or card. */
  readonly deviceName: string;
  /** Whether two runs with the same seed give the same bits. */
  readonly reproducible: boolean;
  /** Why this engine and device. */
  readonly reason: string;
  /** What the person should know: a card that is not used, a faster engine that is not installed. */
  readonly warnings: readonly string[];
  /** The library; its operations run on this engine. */
  readonly tf: typeof tf;
  /** Tensors alive, those of JavaScript and the native handles together. Two equal counts mean that nothing leaked between. */
  tensorCount(): number;
  /** Frees the engine's tensors. The library stays loaded and can be opened again. */
  dispose(): void;
}

const require = createRequire(import.meta.url);

/**
 * Opens the engine that the options ask for, or the best there is.
 * @throws OrthantError `engine` where an engine or device is asked for by name and cannot be had; its message has the
 *   reason and the command that mends it.
 */
export async function openEngine({
  engine = 'auto',
  device = 'auto',
  deterministic = false,
}: EngineOptions = {}): Promise<EngineRuntime> {
  // Gradients are registered by the whole package only; it shares tfjs-core with the import above.
  restoreIsNullOrUndefined();
  require('@tensorflow/tfjs');
  if (engine === 'wasm') {
    if (device === 'gpu')
      throw new OrthantError('engine', 'The WASM engine has no GPU: leave out --device gpu or --engine wasm.', {
        field: 'device',
      });
    return openWasm('It was asked for.', []);
  }
  const installation = await findInstallation();
  const warnings: string[] = [];
  const choice = chooseProvisioned(installation, device, warnings);
  if (choice === undefined) {
    const missing = installation.missing.cpu ?? 'it is not installed';
    if (engine === 'tensorflow')
      throw new OrthantError('engine', `TensorFlow cannot be used: ${missing}. Run: ${setupCommand}`, {
        field: 'engine',
      });
    if (device === 'gpu') throw noCard(installation);
    return openWasm(`TensorFlow is not there: ${missing}.`, [
      ...warnings,
      `Training uses the embedded WASM engine, which is several times slower than TensorFlow. Run: ${setupCommand}`,
    ]);
  }
  try {
    return await openTensorflow(choice.provisioned, choice.useCard, installation, { device, deterministic, warnings });
  } catch (error) {
    if (error instanceof OrthantError || engine === 'tensorflow' || device === 'gpu') throw error;
    const cause = error instanceof Error ? error.message : String(error);
    return openWasm('TensorFlow is there but cannot be loaded.', [
      ...warnings,
      `TensorFlow cannot be loaded: ${cause}`,
    ]);
  }
}

/** The libraries to load for `device`. Says in `warnings` why a card that is there is not used. */
function chooseProvisioned(
  installation: Installation,
  device: 'auto' | 'cpu' | 'gpu',
  warnings: string[],
): { provisioned: Provisioned; useCard: boolean } | undefined {
  const { cpu, gpu, card, cards, cardReasons } = installation;
  if (device === 'gpu' && (card === undefined || gpu === undefined)) throw noCard(installation);
  if (device !== 'cpu' && cards.length > 0) {
    if (card !== undefined && gpu !== undefined) return { provisioned: gpu, useCard: true };
    if (card === undefined) warnings.push(`The CPU is used: ${cardReasons.join('; ')}.`);
    else {
      warnings.push(
        `The CPU is used although there is a ${card.name}: ${installation.missing.gpu ?? ''}. Run: ${setupCommand} --gpu`,
      );
    }
  }
  const provisioned = cpu ?? gpu;
  return provisioned && { provisioned, useCard: false };
}

function noCard({ card, cards, cardReasons, missing }: Installation): OrthantError {
  const why =
    cards.length === 0
      ? 'nvidia-smi finds no NVIDIA card'
      : card === undefined
        ? cardReasons.join('; ')
        : `${missing.gpu ?? 'the libraries are not installed'}. Run: ${setupCommand} --gpu`;
  return new OrthantError('engine', `No GPU can be used: ${why}.`, { field: 'device' });
}

interface TensorflowOptions {
  readonly device: 'auto' | 'cpu' | 'gpu';
  readonly deterministic: boolean;
  readonly warnings: string[];
}

async function openTensorflow(
  { plan, binding: bindingPath }: Provisioned,
  useCard: boolean,
  { card }: Installation,
  { device, deterministic, warnings }: TensorflowOptions,
): Promise<EngineRuntime> {
  const wanted = await engineEnvironment(process.env, { device: useCard ? 'gpu' : 'cpu', deterministic });
  const late = startVariables.filter((name) => wanted[name] !== undefined);
  if (late.length > 0) {
    throw new OrthantError(
      'engine',
      `The engine process was started without ${late.join(', ')} for the CUDA libraries.`,
      { field: 'device' },
    );
  }
  // Node writes these to the process's real environment, where TensorFlow reads them as it is loaded.
  Object.assign(process.env, wanted);

  if (!tf.engine().registryFactory[tensorflowBackend]) {
    requireVectorInstructions();
    const binding = require(bindingPath) as TFJSBinding;
    const { NodeJSKernelBackend } =
      require('@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js') as typeof NodeBackend;
    require('@tensorflow/tfjs-node-gpu/dist/register_all_kernels.js');
    tf.registerBackend(tensorflowBackend, () => new NodeJSKernelBackend(binding, '@tensorflow/tfjs-node-gpu'));
    registerTensorflowKernels();
  }
  await tf.setBackend(tensorflowBackend);
  const backend = tf.backend() as unknown as NativeBackend;
  const onCard = backend.isUsingGpuDevice;
  if (useCard && !onCard) {
    const problem = `TensorFlow does not get to the ${card?.name ?? 'card'}: its driver (${card?.driver ?? 'unknown'}) is too old for CUDA 12.5, or a CUDA library cannot be loaded`;
    if (device === 'gpu')
      throw new OrthantError('engine', `${problem}. TF_CPP_MIN_LOG_LEVEL=0 in the environment shows what it says.`, {
        field: 'device',
      });
    warnings.push(`The CPU is used: ${problem}.`);
  }
  return {
    engine: 'tensorflow',
    version: backend.binding.TF_Version,
    device: onCard ? 'gpu' : 'cpu',
    deviceName: onCard ? (card?.name ?? 'NVIDIA card') : processorName(),
    reproducible: !onCard || deterministic,
    reason: onCard
      ? 'TensorFlow with an NVIDIA card is the fastest there is.'
      : device === 'cpu'
        ? `TensorFlow ${plan.version} is installed, and the CPU was asked for.`
        : `TensorFlow ${plan.version} is installed, and there is no NVIDIA card it can use.`,
    warnings,
    tf,
    tensorCount: () => tf.memory().numTensors + backend.getNumOfTFTensors(),
    dispose: () => {
      tf.disposeVariables();
    },
  };
}

async function openWasm(reason: string, warnings: readonly string[]): Promise<EngineRuntime> {
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
    tensorCount: () => tf.memory().numTensors,
    dispose: () => {
      tf.disposeVariables();
    },
  };
}

function processorName(): string {
  return cpus()[0]?.model.trim() ?? process.arch;
}

/** TensorFlow's libraries for x86-64 end the process where the processor has no AVX; better an error that can be told. */
function requireVectorInstructions(): void {
  if (process.platform !== 'linux' || process.arch !== 'x64') return;
  const flags = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1];
  if (flags !== undefined && !flags.split(' ').includes('avx')) {
    throw new Error('this processor has no AVX instructions, which TensorFlow needs');
  }
}
