/** The five steps from a file to a model, and the pages beside them. */
export const steps = ['data', 'network', 'constraint', 'train', 'result'] as const;
export type Step = (typeof steps)[number];
export const pages = ['start', ...steps, 'runs'] as const;
export type Page = (typeof pages)[number];

export const stepTitles: Record<Step, string> = {
  data: 'Data',
  network: 'Network',
  constraint: 'Constraint',
  train: 'Train',
  result: 'Result',
};

/** The step at which an error belongs, from the path of the field at fault. */
export function stepOfField(field: string | undefined): Step {
  const path = (field ?? '').replace(/^configuration\./, '');
  if (path.startsWith('data') || path.startsWith('source')) return 'data';
  if (path.startsWith('network')) return 'network';
  if (path.startsWith('constraint')) return 'constraint';
  return 'train';
}
