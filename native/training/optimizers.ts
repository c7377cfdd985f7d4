import type * as tfjs from '@tensorflow/tfjs-core';
import type { OptimizerSettings } from '../contract/configuration.ts';

/** One trained tensor. */
export interface Parameter {
  /** Unique in the network, e.g. `layer0.kernel`. */
  readonly name: string;
  readonly variable: tfjs.Variable;
  /** Whether weight decay applies to it. */
  readonly decays: boolean;
}

/**
 * The optimizer of a run. Like all work of a step it consists of tfjs operations on tensors only: a value that changes
 * from step to step is a Variable of `state` or a tensor argument.
 */
export interface Optimizer {
  /** Moments and counters by name: saved in checkpoints, found by the tracer. */
  readonly state: Readonly<Record<string, tfjs.Variable>>;
  /** One step. Call it inside `tf.tidy`; `gradients` are in the order of the parameters. */
  apply(gradients: readonly tfjs.Tensor[], learningRate: tfjs.Scalar): void;
  dispose(): void;
}

/** The rule by which an optimizer moves one parameter. */
interface Rule {
  /** Numbers of one step that all parameters share, such as bias corrections. */
  prepare?(learningRate: tfjs.Scalar): Readonly<Record<string, tfjs.Tensor>>;
  /** Returns the tensor to subtract from the parameter, and assigns new values to the slots. */
  change(
    gradient: tfjs.Tensor,
    slots: Readonly<Record<string, tfjs.Variable>>,
    learningRate: tfjs.Scalar,
    shared: Readonly<Record<string, tfjs.Tensor>>,
  ): tfjs.Tensor;
  /** Counters that belong to no parameter. */
  readonly counters?: Readonly<Record<string, tfjs.Variable>>;
}

/** Makes a constant tensor, uploaded once instead of in every step. */
type Constants = (value: number) => tfjs.Scalar;

/**
 * Sutskever et al. 2013, as in PyTorch: a <- momentum a + g; w <- w - rate a, or rate (g + momentum a) for nesterov.
 */
function momentum(tf: typeof tfjs, keep: Constants, factor: number, nesterov: boolean): Rule {
  const m = keep(factor);
  return {
    change: (gradient, { velocity }, learningRate) => {
      if (velocity === undefined) throw new Error('momentum has no velocity');
      const next = tf.add(tf.mul(velocity, m), gradient);
      velocity.assign(next);
      return tf.mul(nesterov ? tf.add(gradient, tf.mul(next, m)) : next, learningRate);
    },
  };
}

/** Tieleman & Hinton 2012, as in PyTorch: s <- decay s + (1 - decay) g^2; w <- w - rate g / (sqrt(s) + epsilon). */
function rmsprop(tf: typeof tfjs, keep: Constants, decay: number, epsilon: number): Rule {
  const [kept, added, small] = [keep(decay), keep(1 - decay), keep(epsilon)];
  return {
    change: (gradient, { meanSquare }, learningRate) => {
      if (meanSquare === undefined) throw new Error('rmsprop has no mean square');
      const next = tf.add(tf.mul(meanSquare, kept), tf.mul(tf.square(gradient), added));
      meanSquare.assign(next);
      return tf.div(tf.mul(gradient, learningRate), tf.add(tf.sqrt(next), small));
    },
  };
}

/**
 * Kingma & Ba 2015: m <- b1 m + (1 - b1) g; v <- b2 v + (1 - b2) g^2;
 * w <- w - rate (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon).
 *
 * The state holds the sums M = m / (1 - b1) and V = v / (1 - b2): M <- b1 M + g and V <- b2 V + g^2. Two scalars in
 * each step then combine all constant factors, which saves three passes over every parameter: with r = sqrt((1 - b2^t)
 * / (1 - b2)), the change is rate r (1 - b1) / (1 - b1^t) M / (sqrt(V) + epsilon r).
 */
function adam(tf: typeof tfjs, keep: Constants, beta1: number, beta2: number, epsilon: number): Rule {
  const [b1, b2, rest1, rest2, one, small] = [beta1, beta2, 1 - beta1, 1 - beta2, 1, epsilon].map(keep) as [
    tfjs.Scalar,
    tfjs.Scalar,
    tfjs.Scalar,
    tfjs.Scalar,
    tfjs.Scalar,
    tfjs.Scalar,
  ];
  const counters = tf.tidy(() => ({
    beta1Power: tf.variable(tf.scalar(1), false),
    beta2Power: tf.variable(tf.scalar(1), false),
  }));
  return {
    counters,
    prepare: (learningRate) => {
      const power1 = tf.mul(counters.beta1Power, b1);
      const power2 = tf.mul(counters.beta2Power, b2);
      counters.beta1Power.assign(power1 as tfjs.Scalar);
      counters.beta2Power.assign(power2 as tfjs.Scalar);
      const root = tf.sqrt(tf.div(tf.sub(one, power2), rest2));
      const factor = tf.div(tf.mul(tf.mul(learningRate, root), rest1), tf.sub(one, power1));
      return { factor, small: tf.mul(small, root) };
    },
    change: (gradient, { firstMoment, secondMoment }, _learningRate, { factor, small: scaledSmall }) => {
      if (!firstMoment || !secondMoment || !factor || !scaledSmall) throw new Error('adam has no moments');
      const first = tf.add(tf.mul(firstMoment, b1), gradient);
      const second = tf.add(tf.mul(secondMoment, b2), tf.square(gradient));
      firstMoment.assign(first);
      secondMoment.assign(second);
      return tf.mul(tf.div(first, tf.add(tf.sqrt(second), scaledSmall)), factor);
    },
  };
}

type OptimizerId = OptimizerSettings['id'];
type SettingsOf<Id extends OptimizerId> = Extract<OptimizerSettings, { readonly id: Id }>;

interface OptimizerKind<Id extends OptimizerId> {
  /** Names of its values for each weight: Variables of the parameter's shape that start at 0. */
  readonly slots: readonly string[];
  /**
   * Whether its steps are proportional to the gradient, which allows higher learning rates; else their size is
   * normalised.
   */
  readonly plain: boolean;
  /** Whether weight decay bypasses the gradient. */
  readonly decoupledDecay?: boolean;
  rule(tf: typeof tfjs, keep: Constants, settings: SettingsOf<Id>): Rule;
}

/** Properties and update rule of each optimizer. */
export const optimizers: { readonly [Id in OptimizerId]: OptimizerKind<Id> } = {
  sgd: {
    slots: [],
    plain: true,
    rule: (tf) => ({ change: (gradient, _slots, learningRate) => tf.mul(gradient, learningRate) }),
  },
  momentum: {
    slots: ['velocity'],
    plain: true,
    rule: (tf, keep, settings) => momentum(tf, keep, settings.momentum, settings.nesterov),
  },
  rmsprop: {
    slots: ['meanSquare'],
    plain: false,
    rule: (tf, keep, { decay, epsilon }) => rmsprop(tf, keep, decay, epsilon),
  },
  adam: {
    slots: ['firstMoment', 'secondMoment'],
    plain: false,
    rule: (tf, keep, { beta1, beta2, epsilon }) => adam(tf, keep, beta1, beta2, epsilon),
  },
  adamw: {
    slots: ['firstMoment', 'secondMoment'],
    plain: false,
    decoupledDecay: true,
    rule: (tf, keep, { beta1, beta2, epsilon }) => adam(tf, keep, beta1, beta2, epsilon),
  },
};

/** Generic, so that the settings have the type that belongs to the optimizer's id. */
function createRule<Id extends OptimizerId>(id: Id, settings: SettingsOf<Id>, tf: typeof tfjs, keep: Constants): Rule {
  return optimizers[id].rule(tf, keep, settings);
}

export interface OptimizerOptions {
  readonly settings: OptimizerSettings;
  readonly parameters: readonly Parameter[];
  /** Largest global norm of the gradient; 0 disables clipping. */
  readonly gradientClip: number;
  /**
   * Decay of the parameters with `decays`. adamw: w <- w - rate decay w (Loshchilov & Hutter 2019); other optimizers
   * add decay w to the gradient, after clipping, as in PyTorch.
   */
  readonly weightDecay: number;
}

/** Creates the optimizer of a run. */
export function createOptimizer(tf: typeof tfjs, options: OptimizerOptions): Optimizer {
  const { settings, parameters, gradientClip, weightDecay } = options;
  const constants: tfjs.Scalar[] = [];
  const keep: Constants = (value) => {
    const constant = tf.keep(tf.scalar(value));
    constants.push(constant);
    return constant;
  };
  const rule = createRule(settings.id, settings, tf, keep);
  const { slots: names, decoupledDecay: decoupled = false } = optimizers[settings.id];
  const slots = parameters.map(({ variable }) =>
    Object.fromEntries(
      names.map((slot) => [slot, tf.tidy(() => tf.variable(tf.zeros(variable.shape), false))] as const),
    ),
  );
  const state: Record<string, tfjs.Variable> = { ...rule.counters };
  parameters.forEach(({ name }, i) => {
    for (const [slot, variable] of Object.entries(slots[i] ?? {})) state[`${name}.${slot}`] = variable;
  });

  const clip = gradientClip > 0 ? clipper(tf, keep(gradientClip)) : undefined;
  const decay = weightDecay > 0 ? keep(weightDecay) : undefined;

  return {
    state,
    apply: (gradients, learningRate) => {
      const shared = rule.prepare?.(learningRate) ?? {};
      const clipped = clip?.(gradients) ?? gradients;
      const shrink = decay === undefined || !decoupled ? undefined : tf.mul(learningRate, decay);
      parameters.forEach(({ variable, decays }, i) => {
        let gradient = clipped[i];
        if (gradient === undefined) throw new Error('a parameter has no gradient');
        if (decay !== undefined && decays && !decoupled) gradient = tf.add(gradient, tf.mul(variable, decay));
        let change = rule.change(gradient, slots[i] ?? {}, learningRate, shared);
        if (shrink !== undefined && decays) change = tf.add(change, tf.mul(variable, shrink));
        variable.assign(tf.sub(variable, change));
      });
    },
    dispose: () => {
      tf.dispose([constants, Object.values(state)]);
    },
  };
}

/**
 * Scales all gradients by limit / max(norm, limit), which is 1 up to the limit: Pascanu et al. 2013, without a branch.
 */
function clipper(tf: typeof tfjs, limit: tfjs.Scalar): (gradients: readonly tfjs.Tensor[]) => readonly tfjs.Tensor[] {
  return (gradients) => {
    const norm = tf.sqrt(tf.addN(gradients.map((gradient) => tf.sum(tf.square(gradient)))));
    const factor = tf.div(limit, tf.maximum(norm, limit));
    return gradients.map((gradient) => tf.mul(gradient, factor));
  };
}
