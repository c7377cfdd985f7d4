import { runConfigurationSchema, type RunConfiguration } from '../../native/contract/configuration.ts';

/** What made-up runs are made of. */

/** A number in [0, 1) that depends on nothing but its arguments. */
export const noise = (...seeds: number[]): number => {
  let state = 2166136261;
  for (const seed of seeds) state = Math.imul(state ^ seed, 16777619) ^ (state >>> 13);
  state = Math.imul(state ^ (state >>> 15), 2246822519);
  return ((state ^ (state >>> 13)) >>> 0) / 4294967296;
};

export function fakeConfiguration(id: string): RunConfiguration {
  const ink = id === 'ink';
  return runConfigurationSchema.parse({
    data: {
      source: { kind: 'sample', id },
      ...(ink ? { scaling: { inputs: 'none', targets: 'standard-deviation' } } : {}),
    },
    network: { hidden: ink ? [784, 784] : [64, 64] },
    training: { epochs: ink ? 8 : 40, seed: 1 },
    constraint: { method: { id: 'augmented-lagrangian', settings: {} } },
  });
}
