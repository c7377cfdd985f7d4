import type { MethodDescriptor } from '../../native/contract/methods.ts';

/** Descriptors like the engine's, for looking at cards and forms. */

const x = Array.from({ length: 61 }, (_, index) => -1.5 + index * 0.05);
const number = (title: string, value: number, extra: Record<string, unknown> = {}): Record<string, unknown> => ({
  type: 'number',
  default: value,
  title,
  ...extra,
});
const margin = number('Margin', 0.02, {
  minimum: 0,
  unit: 'standard deviations',
  description: 'Added to the bound while training, so that held-out rows stay on the right side too.',
});

export const fakeMethods: MethodDescriptor[] = [
  {
    id: 'none',
    title: 'None',
    summary: 'Trains without a constraint: the yardstick for all others.',
    promise: 'none',
    promiseText: 'Promises nothing: where data is near zero, expect negative outputs.',
    formula: String.raw`\min_\theta \; L(\theta)`,
    source: 'The plain fit.',
    preconditions: [],
    settings: { type: 'object', properties: {} },
  },
  {
    id: 'penalty',
    title: 'Quadratic penalty',
    summary: 'Adds a cost for every output below the bound.',
    promise: 'encourages',
    promiseText: 'Pushes outputs up; at any finite weight some stay slightly negative.',
    formula: String.raw`L(\theta) + \alpha \cdot \operatorname{mean}\bigl(\max(0,\, \varepsilon - p)^2\bigr)`,
    source: 'PyTorch forum thread, first answer; Nocedal and Wright, Numerical Optimization, ch. 17.',
    preconditions: [],
    settings: {
      type: 'object',
      properties: {
        alpha: number('Weight α', 10, {
          exclusiveMinimum: 0,
          maximum: 1e6,
          description: 'Raise it to push harder.',
          changeable: true,
        }),
        schedule: {
          type: 'string',
          enum: ['fixed', 'growing', 'adaptive'],
          default: 'fixed',
          title: 'Schedule',
          description: 'How the weight changes from epoch to epoch.',
        },
        margin,
      },
    },
    curve: {
      title: 'Penalty',
      xLabel: 'prediction',
      yLabel: 'added loss',
      x,
      y: x.map((value) => 10 * Math.max(0, -value) ** 2),
    },
  },
  {
    id: 'slack-lagrangian',
    title: 'Slack and multipliers',
    summary: 'Turns the inequality into an equality with one slack and one multiplier per element.',
    promise: 'at-convergence',
    promiseText: 'Positive only once it has converged; stopping early leaves violations.',
    formula: String.raw`L(\theta) + \operatorname{mean}\bigl(\lambda \, (p - \varepsilon - s^2)\bigr) + \tfrac{c}{2} \operatorname{mean}\bigl((p - \varepsilon - s^2)^2\bigr)`,
    source: 'PyTorch forum thread, second answer; Platt and Barr, 1987.',
    preconditions: [],
    settings: {
      type: 'object',
      properties: {
        damping: number('Damping c', 10, { exclusiveMinimum: 0 }),
        slackRate: number('Slack learning rate', 0.01, { exclusiveMinimum: 0, changeable: true }),
        margin,
      },
    },
  },
  {
    id: 'augmented-lagrangian',
    title: 'Augmented Lagrangian',
    summary: 'A multiplier per row and output that raises its own penalty until the row obeys.',
    promise: 'at-convergence',
    promiseText: 'Training rows end positive; held-out rows nearly always, without a guarantee.',
    formula: String.raw`L(\theta) + \operatorname{mean}\left( \frac{\max(0,\, \lambda + c\,(\varepsilon - p))^2 - \lambda^2}{2c} \right)`,
    source: 'Hestenes 1969, Powell 1969; Ramirez and Lacoste-Julien, ICLR 2026.',
    preconditions: [],
    settings: {
      type: 'object',
      properties: {
        c: number('Coefficient c', 100, {
          exclusiveMinimum: 0,
          maximum: 100000,
          description: 'Where the growing coefficient starts.',
          changeable: true,
        }),
        growth: number('Growth', 2, {
          minimum: 1,
          maximum: 10,
          description: 'Factor when violation did not fall enough in an epoch.',
        }),
        margin,
      },
    },
    curve: {
      title: 'Penalty at λ = 1',
      xLabel: 'prediction',
      yLabel: 'added loss',
      x,
      y: x.map((value) => (Math.max(0, 1 - 10 * value) ** 2 - 1) / 20),
    },
  },
  {
    id: 'output-transform',
    title: 'Output transform',
    summary: 'Passes the linear output through relu, softplus, exp or a square.',
    promise: 'for-every-input',
    promiseText: 'Never below the bound, whatever the input; the last layer is no longer linear.',
    formula: String.raw`p = \varepsilon + \exp(Wz + b)`,
    source: 'PyTorch forum thread, third answer.',
    preconditions: [],
    settings: {
      type: 'object',
      properties: {
        transform: {
          type: 'string',
          enum: ['relu', 'softplus', 'exp', 'square'],
          default: 'softplus',
          title: 'Transform',
        },
      },
    },
    curve: {
      title: 'Transform',
      xLabel: 'linear output',
      yLabel: 'prediction',
      x,
      y: x.map((value) => Math.log1p(Math.exp(value))),
    },
  },
  {
    id: 'non-negative-last-layer',
    title: 'Non-negative last layer',
    summary: 'Keeps the linear layer, with weights and bias that cannot be negative.',
    promise: 'for-every-input',
    promiseText: 'Positive for every input, read off the weights; costs almost nothing with two or more hidden layers.',
    formula: String.raw`p = Wz + b, \quad W \ge 0,\; b \ge \varepsilon,\; z \ge 0`,
    source: 'Chorowski and Zurada 2015; projection after each step.',
    preconditions: [
      'Hidden activation that is never negative (relu, sigmoid, softplus).',
      'Two or more hidden layers, or the function is convex.',
    ],
    settings: {
      type: 'object',
      properties: {
        by: { type: 'string', enum: ['projection', 'square', 'softplus', 'exp'], default: 'projection', title: 'By' },
      },
    },
  },
  {
    id: 'positive-parameters',
    title: 'Positive parameters',
    summary: 'All weights and biases are kept above zero.',
    promise: 'for-every-input',
    promiseText: 'Positive for every non-negative input; the network becomes monotone in each of them.',
    formula: String.raw`W_\ell \ge 0,\; b_\ell \ge 0 \quad \text{for all } \ell`,
    source: 'PyTorch forum thread, fourth question.',
    preconditions: ['Inputs that are never negative after scaling.'],
    settings: { type: 'object', properties: {} },
  },
];
