/**
 * One run of our own engine for the bench: `node ours.js '<JSON of a case>'`. Prints one line of JSON: milliseconds a step
 * of each sample, and the backend. `node ours.js environment` prints the environment variables that it needs.
 */
import type { SettledConfiguration } from '../../native/contract/configuration.ts';
import { openEngine } from '../../native/tensorflow/backend.ts';
import { engineEnvironment } from '../../native/tensorflow/environment.ts';
import { chooseExecution } from '../../native/training/chooseExecution.ts';
import { buildParts } from '../../native/training/buildParts.ts';
import { exampleConfiguration, exampleDataSet } from '../../native/training/testing/example.ts';
import type { StepCase } from './cases.mjs';

const argument = process.argv[2] ?? '';
if (argument === 'environment') print(await engineEnvironment(process.env, { engine: 'tensorflow' }));
const bench = JSON.parse(argument) as StepCase;
const runtime = await openEngine({ engine: 'tensorflow' });
const [inputs = 1, outputs = 1] = [bench.sizes[0], bench.sizes.at(-1)];
const configuration: SettledConfiguration = {
  ...exampleConfiguration({
    network: { hidden: bench.sizes.slice(1, -1) },
    constraint: { epsilon: 0, method: { id: bench.method, settings: {} } },
    training: { epochs: 1000, batchSize: bench.batch, optimizer: { id: 'adam', learningRate: 1e-4 } },
  }),
  runtime: { engine: 'tensorflow', device: 'auto', deterministic: false, execution: 'auto' },
};
const parts = buildParts(runtime.tf, configuration, exampleDataSet({ rows: bench.rows, inputs, outputs, heldOut: 0 }));
const execution = chooseExecution(parts, runtime, configuration);
const { plan } = parts;
const order = plan.order(1);
const batches = Array.from({ length: bench.steps }, (_, step) => plan.batch(order, step % plan.stepsPerEpoch));
const rates = batches.map(() => 1e-4);
/** Milliseconds that this many calls take. */
const milliseconds = (calls: number): number => {
  const before = performance.now();
  for (let call = 0; call < calls; call++) execution.steps(batches, rates);
  return performance.now() - before;
};
// The first call compiles.
milliseconds(1);
const calls = Math.max(1, Math.round((bench.seconds * 1000) / milliseconds(1)));
print({
  samples: Array.from({ length: bench.samples }, () => milliseconds(calls) / (calls * bench.steps)),
  version: `TensorFlow ${runtime.version} ${runtime.device} ${execution.kind}`,
});

function print(line: object): never {
  process.stdout.write(`${JSON.stringify(line)}\n`);
  process.exit(0);
}
