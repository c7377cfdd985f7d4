import type { RunConfiguration } from '../../native/contract/configuration.ts';
import { applies, groupOf, setAt, type DescribedSetting } from '../../native/contract/describedSetting.ts';

/** Settings of a configuration as forms show and change them. */

/** Changes a configuration; successive changes of one `field` merge into one undo step. */
export type Change = (label: string, recipe: (draft: RunConfiguration) => void, field?: string) => void;

/** The settings that exist in a configuration and have a control, in the order of description. */
export const settingsIn = (
  settings: readonly DescribedSetting[],
  configuration: RunConfiguration,
): readonly DescribedSetting[] =>
  settings.filter((setting) => setting.kind !== 'custom' && applies(setting, configuration));

/**
 * Changes a setting. A setting that selects a variant, such as the optimizer, brings the variant's settings with their
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
  if (!settings.some((setting) => setting.path === path && setting.choosesVariant === true)) {
    setAt(draft, path, value);
    return;
  }
  const group = groupOf({ path });
  const siblings = settings.filter(
    (other) => other.path !== path && groupOf(other) === group && (other.when?.is.includes(String(value)) ?? true),
  );
  setAt(draft, group, {});
  setAt(draft, path, value);
  for (const sibling of siblings) setAt(draft, sibling.path, sibling.default);
}

/** Undo label for the change of a setting. */
export const changeLabel = ({ title }: DescribedSetting): string => title.charAt(0).toLowerCase() + title.slice(1);
