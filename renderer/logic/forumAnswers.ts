/** The forum thread's question and its answers, each as a method of Orthant. */

interface ForumAnswer {
  readonly title: string;
  readonly text: string;
  readonly method: { readonly id: string; readonly settings: Record<string, unknown> };
}

export const forumAnswers: readonly ForumAnswer[] = [
  {
    title: 'Penalty',
    text: 'Add a cost for negative outputs. It encourages.',
    method: { id: 'penalty', settings: {} },
  },
  {
    title: 'Slack and multipliers',
    text: 'Descend on weights and slacks, ascend on multipliers. Positive once converged.',
    method: { id: 'slack-lagrangian', settings: {} },
  },
  {
    title: 'exp on the output',
    text: 'Positive for every input; the last layer is no longer linear.',
    method: { id: 'output-transform', settings: { transform: 'exp' } },
  },
  {
    title: 'Positive parameters',
    text: 'Keep every weight and bias at zero or above. The network becomes monotone.',
    method: { id: 'positive-parameters', settings: {} },
  },
];
