import { getMethod, parseMethodSettings } from '../constraints/registry.ts';
import { methodSettings, type RunConfiguration } from '../contract/configuration.ts';
import { OrthantError } from '../contract/errors.ts';
import type { Warning } from '../contract/inspection.ts';
import { hiddenActivations } from '../network/activations.ts';
import { checkLoss } from './losses.ts';

/**
 * Checks that method, loss and network of a configuration fit each other, for any data. What an `auto` setting decides
 * can only be checked when it has been settled.
 *
 * @returns warnings about the configuration
 * @throws OrthantError `configuration` with the wrong field
 */
export function checkConfiguration(configuration: RunConfiguration): Warning[] {
  const { constraint, network: asked } = configuration;
  const network = { ...asked, hidden: asked.hidden === 'auto' ? [asked.activation].flat().map(() => 1) : asked.hidden };
  hiddenActivations(network);
  const { id, settings: given } = constraint.method;
  if (id === 'auto') {
    refuseSettings(given);
    return [];
  }
  const method = getMethod(id);
  const settings = parseMethodSettings(id, given);
  checkLoss(configuration, method, method.targetFunction?.(settings, new Float32Array()));
  return [...method.check(settings, network)];
}

/** Settings are those of one method, so a method that is chosen for the table cannot have any. */
function refuseSettings(settings: Readonly<Record<string, unknown>>): void {
  const [name] = Object.keys(settings);
  if (name === undefined) return;
  throw new OrthantError(
    'configuration',
    `The setting "${name}" belongs to one method, and the method is chosen for the table (auto). Name the method as well.`,
    { field: `${methodSettings.path}.${name}` },
  );
}
