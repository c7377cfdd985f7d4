import { findInstallation } from './installation.ts';
import { engineVariables } from './variables.mjs';

export interface EnvironmentOptions {
  readonly engine?: 'auto' | 'tensorflow' | 'wasm';
  readonly device?: 'auto' | 'cpu' | 'gpu';
  readonly deterministic?: boolean;
}

/**
 * The environment variables to add before the process starts that will call `openEngine` with the same options; empty
 * where nothing must change. The loader reads `LD_LIBRARY_PATH` before the first line of a program runs, so a process
 * that finds something here starts itself anew, or its parent asks first. Without a card, `openEngine` sets the rest
 * itself and no second process is needed.
 *
 * @param env The environment the process would start with.
 */
export async function engineEnvironment(
  env: NodeJS.ProcessEnv = process.env,
  { engine = 'auto', device = 'auto', deterministic = false }: EnvironmentOptions = {},
): Promise<Record<string, string>> {
  if (engine === 'wasm') return {};
  const { gpu, cpu, card } = await findInstallation(env);
  const useCard = gpu !== undefined && card !== undefined && device !== 'cpu';
  const provisioned = useCard ? gpu : (cpu ?? gpu);
  if (provisioned === undefined) return {};
  const { plan } = provisioned;
  return engineVariables({
    platform: plan.platform,
    device: useCard ? 'gpu' : 'cpu',
    deterministic,
    ...(card && { card: card.index }),
    libraryFolders: [plan.libraryFolder],
    cudaFolders: plan.cudaFolders,
    cudaToolkit: plan.cudaToolkit,
    env,
  });
}

/** The variables that only count when they are set before a process starts. The others may be set before the library is loaded. */
export const startVariables: readonly string[] = ['LD_LIBRARY_PATH'];
