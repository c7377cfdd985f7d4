import { getMethod, parseMethodSettings } from '../constraints/registry.ts';
import type { RunConfiguration } from '../contract/configuration.ts';
import type { Warning } from '../contract/inspection.ts';
import { hiddenActivations } from '../network/activations.ts';
import { checkLoss } from './losses.ts';

/**
 * Checks that method, loss and network of a configuration fit each other, for any data.
 *
 * @returns warnings about the configuration
 * @throws OrthantError `configuration` with the wrong field
 */
export function checkConfiguration(configuration: RunConfiguration): Warning[] {
  const { constraint, network } = configuration;
  const method = getMethod(constraint.method.id);
  const settings = parseMethodSettings(method.id, constraint.method.settings);
  checkLoss(configuration, method, method.targetFunction?.(settings, new Float32Array()));
  hiddenActivations(network);
  return [...method.check(settings, network)];
}
