import { findBinding } from './binding.mjs';
import { chooseCard, findCards, type Card } from './cards.mjs';
import { missingWheels, planTensorFlow, type Plan } from './plan.mjs';

/** TensorFlow as it is installed on this machine, and the card it could use. */
export interface Installation {
  /** The libraries for the CPU: unpacked and with a compiled binding. */
  readonly cpu: Provisioned | undefined;
  /** The same for an NVIDIA card. They also run on the CPU. */
  readonly gpu: Provisioned | undefined;
  readonly cards: readonly Card[];
  /** The card to use: the first that the libraries have kernels for. */
  readonly card: Card | undefined;
  /** Why the other cards are not used. */
  readonly cardReasons: readonly string[];
  /** The missing parts of `cpu` or `gpu`, as text. */
  readonly missing: { readonly cpu: string | undefined; readonly gpu: string | undefined };
}

export interface Provisioned {
  readonly plan: Plan;
  /** Path of the compiled binding. */
  readonly binding: string;
}

/** The command that fetches and compiles what is missing. */
export const setupCommand = 'node build/setup.mjs';

/** Inspects the cache folder and, with nvidia-smi, the cards. Changes nothing and needs no network. */
export async function findInstallation(env: NodeJS.ProcessEnv = process.env): Promise<Installation> {
  const cpu = examine(planTensorFlow({ env }));
  const gpu = examine(planTensorFlow({ env, gpu: true }), 'gpu');
  const cards = await findCards(env);
  const { card, reasons } = chooseCard(cards, env);
  return {
    cpu: cpu.provisioned,
    gpu: gpu.provisioned,
    cards,
    card,
    cardReasons: reasons,
    missing: { cpu: cpu.missing, gpu: gpu.missing },
  };
}

function examine(
  plan: Plan,
  device: 'cpu' | 'gpu' = 'cpu',
): { provisioned: Provisioned | undefined; missing: string | undefined } {
  if (plan.engine !== 'tensorflow' || plan.device !== device)
    return { provisioned: undefined, missing: plan.notes.join(' ') };
  const wheels = missingWheels(plan);
  if (wheels.length > 0) {
    const names = wheels.map((wheel) => wheel.package);
    const what = names.length > 2 ? `${names.length} packages (${names[0] ?? ''} and others)` : names.join(' and ');
    return { provisioned: undefined, missing: `${what} ${names.length === 1 ? 'is' : 'are'} not in ${plan.cache}` };
  }
  const binding = findBinding(plan);
  if (binding === undefined) return { provisioned: undefined, missing: 'the binding to TensorFlow is not compiled' };
  return { provisioned: { plan, binding }, missing: undefined };
}
