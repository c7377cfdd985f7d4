import { z } from 'zod';
import { limits } from './limits.ts';
import { automatic, choiceOf } from './describedSetting.ts';

/** The settings of a network: its layers and the distribution of their first weights. */

export const activations = {
  relu: { title: 'relu' },
  'leaky-relu': { title: 'leaky-relu' },
  elu: { title: 'elu' },
  tanh: { title: 'tanh' },
  sigmoid: { title: 'sigmoid' },
  softplus: { title: 'softplus' },
  gelu: { title: 'gelu' },
  none: { title: 'none (affine)' },
};
export const activationSchema = choiceOf(activations);
export type Activation = z.infer<typeof activationSchema>;

export const initialisers = {
  'he-normal': { title: 'he-normal' },
  'he-uniform': { title: 'he-uniform' },
  'glorot-normal': { title: 'glorot-normal' },
  'glorot-uniform': { title: 'glorot-uniform' },
  'lecun-normal': { title: 'lecun-normal' },
};

export const initialiserSchema = choiceOf(initialisers);

export const networkSettingsSchema = z.strictObject({
  /** Units of each hidden layer, first to last. Empty: an affine map. */
  hidden: automatic(z.array(z.int().min(1).max(limits.units)).max(limits.layers)).meta({
    title: 'Hidden layers',
    description: 'units of the hidden layers, as in 784,784; "none" for none',
    flag: '--hidden <sizes>',
  }),
  /** One for all hidden layers, or one per layer. The last layer is always linear. */
  activation: z
    .union([activationSchema, z.array(activationSchema)])
    .default('relu')
    .meta({
      title: 'Activation of the hidden layers',
      description: 'activation of the hidden layers, one for all or one per layer',
      flag: '--activation <names>',
    }),
  initialiser: initialiserSchema.default('he-uniform').meta({
    title: 'First weights',
    description: 'distribution of the first weights',
    help: 'Drawn by the seed of the training settings.',
    flag: '--initialiser <name>',
  }),
});
export type NetworkSettings = z.infer<typeof networkSettingsSchema>;
