/**
 * One run of our own engine for the bench: `node ours.js '<JSON of a case>' eager|xla|graph|products`. Prints one line of
 * JSON: milliseconds a step of each sample, time to the first step, peak memory.
 */
import type * as tfjs from '@tensorflow/tfjs-core';
import type { RunConfiguration } from '../../native/contract/configuration.ts';
import { openEngine } from '../../native/tensorflow/backend.ts';
import { chooseExecution } from '../../native/training/chooseExecution.ts';
import { createParts } from '../../native/training/parts.ts';
import { exampleConfiguration, exampleDataSet } from '../../native/training/testSupport.ts';

interface Case {
  readonly sizes: readonly number[];
  readonly rows: number;
  readonly batch: number;
  readonly method: string;
  readonly steps: number;
  readonly seconds: number;
  readonly samples: number;
  readonly device: 'cpu' | 'auto';
  /** When the process was started, in milliseconds since 1970. */
  readonly started: number;
}

const bench = JSON.parse(process.argv[2] ?? '') as Case;
const mode = process.argv[3] as 'eager' | 'xla' | 'graph' | 'products';
const { tf, device, deviceName } = await openEngine({ engine: 'tensorflow', device: bench.device });

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

/** The matrix products of one step and nothing else: forward, gradients of the kernels and of the hidden layers. */
function products(): { first: number; samples: number[] } {
  const random = (rows: number, columns: number): tfjs.Tensor2D => tf.randomNormal([rows, columns]);
  const layers = bench.sizes.slice(1).map((units, i) => ({
    inputs: random(bench.batch, bench.sizes[i] ?? 1),
    kernel: random(bench.sizes[i] ?? 1, units),
    gradient: random(bench.batch, units),
  }));
  const step = (): void => {
    tf.tidy(() => {
      layers.forEach(({ inputs, kernel, gradient }, i) => {
        tf.matMul(inputs, kernel);
        tf.matMul(inputs, gradient, true);
        if (i > 0) tf.matMul(gradient, kernel, false, true);
      });
    });
  };
  step();
  return { first: Date.now(), samples: measure(1, step) };
}

function training(execution: 'eager' | 'xla' | 'graph'): { first: number; samples: number[]; compile: number } {
  const [inputs = 1, outputs = 1] = [bench.sizes[0], bench.sizes.at(-1)];
  const configuration: RunConfiguration = {
    ...exampleConfiguration({
      network: { hidden: bench.sizes.slice(1, -1) },
      constraint: { epsilon: 0, method: { id: bench.method, settings: {} } },
      training: { batchSize: bench.batch, optimizer: { id: 'adam', learningRate: 1e-4 } },
    }),
    runtime: { engine: 'tensorflow', device: bench.device, deterministic: false, execution },
  };
  const parts = createParts(tf, configuration, exampleDataSet({ rows: bench.rows, inputs, outputs, heldOut: 0 }));
  const chosen = chooseExecution(parts, { engine: 'tensorflow' }, configuration);
  const count = execution === 'eager' ? Math.min(bench.steps, 10) : bench.steps;
  const { plan } = parts;
  const order = plan.order(1);
  const batches = Array.from({ length: count }, (_, step) => plan.batch(order, step % plan.stepsPerEpoch));
  const rates = batches.map(() => 1e-4);
  chosen.steps(batches.slice(0, 1), rates.slice(0, 1));
  const first = Date.now();
  chosen.steps(batches, rates);
  const samples = measure(count, () => chosen.steps(batches, rates));
  return { first, samples, compile: chosen.compileSeconds };
}

const { first, ...rest } = mode === 'products' ? products() : training(mode);
const peakBytes = process.resourceUsage().maxRSS * 1024;
const firstSeconds = (first - bench.started) / 1000;
process.stdout.write(`${JSON.stringify({ ...rest, firstSeconds, peakBytes, device, deviceName })}\n`);
process.exit(0);
