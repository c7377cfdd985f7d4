import { OrthantError } from '../contract/errors.ts';
import { setupCommand, type Installation, type Provisioned } from './installation.ts';
import { engineVariables } from './variables.mjs';

export interface EngineOptions {
  /** `auto`: TensorFlow if it is installed, else the embedded WASM engine. */
  readonly engine?: 'auto' | 'tensorflow' | 'wasm';
  /** `auto`: an NVIDIA card if TensorFlow can use it, else the CPU. */
  readonly device?: 'auto' | 'cpu' | 'gpu';
  /** On a card, slower kernels that give the same bits every time. The CPU engines always do. */
  readonly deterministic?: boolean;
}

/** The engine to open, and why. */
export interface Choice {
  /** TensorFlow's libraries; undefined means the WASM engine. */
  readonly provisioned: Provisioned | undefined;
  readonly useCard: boolean;
  readonly reason: string;
  /** Warnings for the user: a card that is not used, a faster engine that is not installed. */
  readonly warnings: readonly string[];
}

/**
 * The engine that the options ask for, or the best one on this machine.
 * @throws OrthantError `engine` if a requested engine or device is not available; its message has the reason and the
 *   command that fixes it.
 */
export function chooseEngine(installation: Installation, { engine = 'auto', device = 'auto' }: EngineOptions): Choice {
  const { cpu, gpu, card, cards, missing } = installation;
  if (engine === 'wasm') {
    if (device === 'gpu') throw deviceError('The WASM engine has no GPU: leave out the device or the engine.');
    return { provisioned: undefined, useCard: false, reason: 'The WASM engine was asked for.', warnings: [] };
  }
  if (device === 'gpu' || (device === 'auto' && card !== undefined && gpu !== undefined)) {
    if (gpu === undefined || card === undefined) throw deviceError(`No GPU can be used: ${whyNoCard(installation)}.`);
    return {
      provisioned: gpu,
      useCard: true,
      reason: `TensorFlow ${gpu.plan.version} with the ${card.name}.`,
      warnings: [],
    };
  }
  const passedOver = device === 'auto' && cards.length > 0 ? [`The CPU is used: ${whyNoCard(installation)}.`] : [];
  const provisioned = cpu ?? gpu;
  if (provisioned !== undefined) {
    const why = device === 'cpu' ? 'the CPU was asked for' : 'there is no NVIDIA card it can use';
    const reason = `TensorFlow ${provisioned.plan.version} is installed, and ${why}.`;
    return { provisioned, useCard: false, reason, warnings: passedOver };
  }
  const absent = missing.cpu ?? 'it is not installed';
  if (engine === 'tensorflow') {
    throw new OrthantError('engine', `TensorFlow cannot be used: ${absent}. Run: ${setupCommand}`, { field: 'engine' });
  }
  const slower = `Training uses the embedded WASM engine, which is several times slower than TensorFlow. Run: ${setupCommand}`;
  return {
    provisioned: undefined,
    useCard: false,
    reason: `TensorFlow is not available: ${absent}.`,
    warnings: [...passedOver, slower],
  };
}

/** Why no card is used on this machine, as text. */
export function whyNoCard({ card, cards, cardReasons, gpu, missing }: Installation): string {
  if (cards.length === 0) return 'nvidia-smi finds no NVIDIA card';
  if (card === undefined) return cardReasons.join('; ');
  if (gpu === undefined) {
    const absent = missing.gpu ?? 'its libraries are not installed';
    return `there is an ${card.name}, but ${absent} (to fetch what it needs: ${setupCommand} --gpu)`;
  }
  return 'the CPU was asked for';
}

/** An error about `--device`. */
export function deviceError(message: string): OrthantError {
  return new OrthantError('engine', message, { field: 'device' });
}

/** The environment variables that `choice` needs and `env` does not have yet. */
export function choiceVariables(
  { provisioned, useCard }: Choice,
  { card }: Installation,
  env: NodeJS.ProcessEnv,
  deterministic = false,
): Record<string, string> {
  if (provisioned === undefined) return {};
  const { plan } = provisioned;
  return engineVariables({
    platform: plan.platform,
    device: useCard ? 'gpu' : 'cpu',
    deterministic,
    ...(card && { card: card.uuid }),
    libraryFolders: [plan.libraryFolder],
    cudaFolders: plan.cudaFolders,
    cudaToolkit: plan.cudaToolkit,
    env,
  });
}
