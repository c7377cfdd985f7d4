import type { RunConfiguration } from '../../native/contract/configuration.ts';
import type { DescribedSetting } from '../../native/contract/settings.ts';

/** Reading and changing the settings of a configuration by their paths. */

/** Changes a configuration; successive changes of one `field` are one step. */
export type Change = (label: string, recipe: (draft: RunConfiguration) => void, field?: string) => void;

const nameOf = (path: string): string => path.slice(path.lastIndexOf('.') + 1);
const groupOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('.')));

type Group = Record<string, unknown>;

/** What a configuration holds at a path such as `training.batchSize`; undefined where it is left out. */
export const valueAt = (configuration: RunConfiguration, path: string): unknown =>
  path.split('.').reduce<unknown>((group, name) => (group as Group | undefined)?.[name], configuration);

const isThere = (setting: DescribedSetting, configuration: RunConfiguration): boolean =>
  setting.when === undefined || setting.when.is.includes(String(valueAt(configuration, setting.when.path)));

/** The settings that a configuration has and that a control can show, in the order of their description. */
export const settingsIn = (
  settings: readonly DescribedSetting[],
  configuration: RunConfiguration,
): readonly DescribedSetting[] =>
  settings.filter((setting) => setting.kind !== 'custom' && isThere(setting, configuration));

/**
 * Changes a setting. One that chooses a variant, such as the optimizer, brings the variant's settings with their defaults.
 *
 * @param settings - all that are described
 */
export function changeSetting(
  settings: readonly DescribedSetting[],
  draft: RunConfiguration,
  path: string,
  value: unknown,
): void {
  const group = groupOf(path);
  const chosen = { [nameOf(path)]: value };
  if (!settings.some(({ when }) => when?.path === path)) {
    Object.assign(valueAt(draft, group) as Group, chosen);
    return;
  }
  const siblings = settings.filter(
    (other) => other.path !== path && groupOf(other.path) === group && (other.when?.is.includes(String(value)) ?? true),
  );
  const defaults = Object.fromEntries(siblings.map((sibling) => [sibling.name, sibling.default]));
  (valueAt(draft, groupOf(group)) as Group)[nameOf(group)] = { ...chosen, ...defaults };
}

/** What undo calls the change of a setting. */
export const changeLabel = ({ title }: DescribedSetting): string => title.charAt(0).toLowerCase() + title.slice(1);
