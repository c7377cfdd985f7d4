import { screenIds, screens, type ScreenId } from '../../native/contract/commands.ts';

export type Step = {
  [Id in ScreenId]: (typeof screens)[Id] extends { readonly sets: unknown } ? Id : never;
}[ScreenId];
export type Page = 'start' | ScreenId;

/** The steps from a file to a model. */
export const steps = screenIds.filter((id): id is Step => 'sets' in screens[id]);
export const pages: readonly Page[] = ['start', ...screenIds];

/** The step that shows an error, from the path of the faulty field. */
export function stepOfField(field = ''): Step {
  const path = field.replace(/^configuration\./, '');
  return steps.find((step) => screens[step].sets.some((part) => path.startsWith(part))) ?? 'train';
}
