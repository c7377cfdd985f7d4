import { expect, it } from 'vitest';
import { runConfigurationSchema } from '../contract/configuration.ts';
import { refuseTooLarge } from './memoryNeed.ts';

const gibibyte = 2 ** 30;
/** A network over 9 inputs with one target. */
const refuse = (
  hidden: number[],
  optimizer: 'adam' | 'sgd',
  runtime: Parameters<typeof refuseTooLarge>[2],
  memory = 16 * gibibyte,
): void => {
  const { network, training } = runConfigurationSchema.parse({
    data: { source: { kind: 'sample', id: 'ink' } },
    network: { hidden },
    training: { optimizer: { id: optimizer } },
  });
  const dataset = { schema: { targets: [{}] }, splits: { train: { rows: 4, inputs: new Float32Array(36) } } };
  refuseTooLarge({ network, training }, dataset as never, runtime, memory);
};
const cpu = { engine: 'tensorflow' } as const;

it('refuses a network that the machine cannot hold, with its size and what to do', () => {
  expect(() => {
    refuse([65_536, 65_536], 'adam', cpu);
  }).toThrow(
    'A network of 9-65536-65536-1 units has 4,295,753,729 weights, and training them with adam takes at least 80.0 GiB; this computer has 16.0 GiB. Choose smaller hidden layers.',
  );
  expect(() => {
    refuse([20_000, 20_000], 'adam', cpu);
  }).not.toThrow();
  // Five values a weight with adam, three with plain descent.
  expect(() => {
    refuse([20_000, 20_000], 'adam', cpu, 7 * gibibyte);
  }).toThrow(/at least 7\.5 GiB; this computer has 7\.0 GiB/);
  expect(() => {
    refuse([20_000, 20_000], 'sgd', cpu, 7 * gibibyte);
  }).not.toThrow();
});

it('refuses a network that could be trained but not be exported', () => {
  expect(() => {
    refuse([23_200, 23_200], 'adam', cpu, 64 * gibibyte);
  }).toThrow(/has 538,\d{3},\d{3} weights, and they take 2\.0 GiB; the ONNX file that every run ends with holds 2 GiB/);
  expect(() => {
    refuse([23_000, 23_000], 'adam', cpu, 64 * gibibyte);
  }).not.toThrow();
});

it('heeds what the card has, and what WebAssembly can address', () => {
  expect(() => {
    refuse([20_000, 20_000], 'adam', { engine: 'tensorflow', cardBytes: 4 * gibibyte }, 64 * gibibyte);
  }).toThrow(/at least 6\.0 GiB; the graphics card has 4\.0 GiB/);
  expect(() => {
    refuse([20_000, 20_000], 'adam', { engine: 'wasm' }, 64 * gibibyte);
  }).toThrow(/the WASM engine can hold 4\.0 GiB/);
});
