import type { RunConfiguration } from '../contract/configuration.ts';
import type { Warning } from '../contract/table.ts';
import { getMethod, parseMethodSettings } from '../constraints/registry.ts';
import { hiddenActivations } from '../network/activations.ts';
import { checkLoss } from '../training/losses.ts';

/**
 * Whether the parts of a configuration fit each other, before any data is read.
 *
 * @returns what deserves a warning
 * @throws OrthantError `configuration` with the field at fault
 */
export function checkConfiguration(configuration: RunConfiguration): Warning[] {
  const { constraint, network, training } = configuration;
  const method = getMethod(constraint.method.id);
  const settings = parseMethodSettings(method.id, constraint.method.settings);
  checkLoss(configuration, method);
  hiddenActivations(network);
  const { epsilon } = constraint;
  const bounds = typeof epsilon === 'number' ? [epsilon] : [0, ...Object.values(epsilon)];
  return [...method.check(settings, { network, loss: training.loss, epsilon: [...new Set(bounds)] })];
}
