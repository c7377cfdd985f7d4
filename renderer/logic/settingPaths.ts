import type { RunConfiguration } from '../../native/contract/configuration.ts';
import type { DescribedSetting } from '../../native/contract/describedSetting.ts';

/** Reading and changing the settings of a configuration by their paths. */

/** Changes a configuration; successive changes of one `field` merge into one undo step. */
export type Change = (label: string, recipe: (draft: RunConfiguration) => void, field?: string) => void;

const nameOf = (path: string): string => path.slice(path.lastIndexOf('.') + 1);
const groupOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('.')));

type Group = Record<string, unknown>;

/** The value at a path such as `training.batchSize`; `undefined` if it is absent. */
export const valueAt = (configuration: RunConfiguration, path: string): unknown =>
  path.split('.').reduce<unknown>((group, name) => (group as Group | undefined)?.[name], configuration);

const isThere = (setting: DescribedSetting, configuration: RunConfiguration): boolean =>
  setting.when === undefined || setting.when.is.includes(String(valueAt(configuration, setting.when.path)));

/** The settings that exist in a configuration and have a control, in the order of description. */
export const settingsIn = (
  settings: readonly DescribedSetting[],
  configuration: RunConfiguration,
): readonly DescribedSetting[] =>
  settings.filter((setting) => setting.kind !== 'custom' && isThere(setting, configuration));

/**
 * Changes a setting. A setting that selects a variant, such as the optimizer, adds the variant's settings with
 * defaults.
 *
 * @param settings - all described settings
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

/** Undo label for the change of a setting. */
export const changeLabel = ({ title }: DescribedSetting): string => title.charAt(0).toLowerCase() + title.slice(1);
