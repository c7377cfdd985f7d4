/**
 * One run of our own engine for the bench: `node ours.js '<JSON of a case>' eager|xla|graph|products`. Prints one line of
 * JSON: milliseconds a step of each sample, time to the first step (but for drawing the data), peak memory. `node ours.js '{}' environment` prints
 * the environment variables that these need.
 */
import type { RunConfiguration } from '../../native/contract/configuration.ts';
import { openEngine } from '../../native/tensorflow/backend.ts';
import { engineEnvironment } from '../../native/tensorflow/environment.ts';
import { chooseExecution } from '../../native/training/chooseExecution.ts';
import { buildParts } from '../../native/training/buildParts.ts';
import { exampleConfiguration, exampleDataSet } from '../../native/training/testing/example.ts';
import { productsProgram } from './products.ts';

interface Case {
  readonly sizes: readonly number[];
  readonly rows: number;
  readonly batch: number;
  readonly method: string;
  readonly steps: number;
  readonly seconds: number;
  readonly samples: number;
  /** When the process was started, in milliseconds since 1970. */
  readonly started: number;
}

interface Measured {
  /** When the first step was done, in milliseconds since 1970. */
  readonly first: number;
  /** Milliseconds that drawing the data took, which is no part of the time to the first step. */
  readonly drawing: number;
  /** Milliseconds a step. */
  readonly samples: readonly number[];
  /** What did it. */
  readonly version: string;
}

const bench = JSON.parse(process.argv[2] ?? '') as Case;
const mode = process.argv[3] as 'eager' | 'auto' | 'xla' | 'graph' | 'products' | 'environment';
if (mode === 'environment') {
  process.stdout.write(`${JSON.stringify(await engineEnvironment(process.env, { engine: 'tensorflow' }))}\n`);
  process.exit(0);
}
const runtime = await openEngine({ engine: 'tensorflow' });
const { tf } = runtime;

/** Milliseconds a unit of work, of each sample; `work` makes a known number of units. */
function measure(units: number, work: () => void): number[] {
  const milliseconds = (times: number): number => {
    const before = performance.now();
    for (let i = 0; i < times; i++) work();
    return performance.now() - before;
  };
  const times = Math.max(1, Math.round((bench.seconds * 1000) / milliseconds(1)));
  return Array.from({ length: bench.samples }, () => milliseconds(times) / (times * units));
}

/** The matrix products of one step alone: with XLA or without, whichever is faster. */
function products(): Measured {
  const rows = Int32Array.from({ length: bench.batch }, (_, row) => row);
  const batches = Array.from({ length: bench.steps }, () => rows);
  const rates = batches.map(() => 0);
  const [first, second] = (['xla', 'graph'] as const).map((execution) => {
    const program = productsProgram(tf, bench.sizes, bench.batch, execution);
    const work = (): void => {
      const sizes = program.steps(batches, rates);
      if (!sizes.every((size) => size > 0 && Number.isFinite(size))) throw new Error('The products left their range.');
    };
    work();
    return { first: Date.now(), drawing: 0, samples: measure(bench.steps, work), version: execution };
  });
  if (first === undefined || second === undefined) throw new Error('Nothing was measured.');
  return Math.min(...first.samples) < Math.min(...second.samples) ? first : second;
}

function training(execution: 'eager' | 'auto' | 'xla' | 'graph'): Measured {
  const [inputs = 1, outputs = 1] = [bench.sizes[0], bench.sizes.at(-1)];
  const configuration: RunConfiguration = {
    ...exampleConfiguration({
      network: { hidden: bench.sizes.slice(1, -1) },
      constraint: { epsilon: 0, method: { id: bench.method, settings: {} } },
      training: { epochs: 1000, batchSize: bench.batch, optimizer: { id: 'adam', learningRate: 1e-4 } },
    }),
    runtime: { engine: 'tensorflow', device: 'auto', deterministic: false, execution },
  };
  const before = performance.now();
  const dataset = exampleDataSet({ rows: bench.rows, inputs, outputs, heldOut: 0 });
  const drawing = performance.now() - before;
  const parts = buildParts(tf, configuration, dataset);
  const chosen = chooseExecution(parts, runtime, configuration);
  const count = execution === 'eager' ? Math.min(bench.steps, 10) : bench.steps;
  const { plan } = parts;
  const order = plan.order(1);
  const batches = Array.from({ length: count }, (_, step) => plan.batch(order, step % plan.stepsPerEpoch));
  const rates = batches.map(() => 1e-4);
  chosen.steps(batches.slice(0, 1), rates.slice(0, 1));
  const first = Date.now();
  chosen.steps(batches, rates);
  const samples = measure(count, () => chosen.steps(batches, rates));
  return { first, drawing, samples, version: chosen.kind };
}

const { first, drawing, samples, version } = mode === 'products' ? products() : training(mode);
const line = {
  samples,
  version: `TensorFlow ${runtime.version} ${runtime.device} ${version}`,
  firstSeconds: (first - bench.started - drawing) / 1000,
  peakBytes: process.resourceUsage().maxRSS * 1024,
};
process.stdout.write(`${JSON.stringify(line)}\n`);
process.exit(0);
