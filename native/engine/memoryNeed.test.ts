import { expect, it } from 'vitest';
import type { OptimizerSettings } from '../contract/configuration.ts';
import { exampleConfiguration } from '../training/testing/example.ts';
import { refuseTooLarge } from './memoryNeed.ts';

const gibibyte = 2 ** 30;
/** The reason for refusing a network with 9 inputs and one target; undefined if it is accepted. */
function refusal(
  hidden: number[],
  optimizer: OptimizerSettings['id'],
  runtime: Parameters<typeof refuseTooLarge>[2],
  memory = 16 * gibibyte,
): string | undefined {
  const { network, training } = exampleConfiguration({
    network: { hidden },
    training: { optimizer: { id: optimizer } },
  });
  const dataset = { schema: { targets: [{}] }, splits: { train: { rows: 4, inputs: new Float32Array(36) } } };
  try {
    refuseTooLarge({ network, training }, dataset as never, runtime, memory);
    return undefined;
  } catch (error) {
    expect(error).toMatchObject({ code: 'configuration', field: 'network.hidden' });
    return (error as Error).message;
  }
}
const cpu = { engine: 'tensorflow' } as const;

it('refuses a network that is too large for the machine, with its size and what to do', () => {
  expect(refusal([65_536, 65_536], 'adam', cpu)).toBe(
    'A network of 9-65536-65536-1 units has 4,295,753,729 weights, and training them with adam takes at least 80.0 GiB; this computer has 16.0 GiB. Choose smaller hidden layers.',
  );
  expect(refusal([20_000, 20_000], 'adam', cpu)).toBeUndefined();
});

it('counts each weight, its gradient, the best snapshot and the slots of the optimizer', () => {
  const values = { sgd: 3, momentum: 4, rmsprop: 4, adam: 5, adamw: 5 };
  for (const [optimizer, each] of Object.entries(values) as [OptimizerSettings['id'], number][]) {
    // 400 million weights: a little more than 1.49 GiB for each value.
    const needed = (1.4915 * each).toFixed(1);
    const refused = `training them with ${optimizer} takes at least ${needed} GiB; this computer has`;
    expect(refusal([20_000, 20_000], optimizer, cpu, 1.49 * each * gibibyte)).toContain(refused);
    expect(refusal([20_000, 20_000], optimizer, cpu, 1.5 * each * gibibyte)).toBeUndefined();
  }
});

it('refuses a network that could be trained but not exported', () => {
  expect(refusal([23_200, 23_200], 'adam', cpu, 64 * gibibyte)).toMatch(
    /has 538,\d{3},\d{3} weights, and they take 2\.0 GiB; the ONNX file that every run ends with holds 2 GiB/,
  );
  expect(refusal([23_000, 23_000], 'adam', cpu, 64 * gibibyte)).toBeUndefined();
});

it('respects the memory of the graphics card, and the limit of WebAssembly', () => {
  const card = { engine: 'tensorflow', cardBytes: 4 * gibibyte } as const;
  expect(refusal([20_000, 20_000], 'adam', card, 64 * gibibyte)).toMatch(
    /at least 6\.0 GiB; the graphics card has 4\.0 GiB/,
  );
  expect(refusal([20_000, 20_000], 'adam', { engine: 'wasm' }, 64 * gibibyte)).toMatch(
    /the WASM engine can hold 4\.0 GiB/,
  );
});
