import { totalmem } from 'node:os';
import { gibibytes } from '../base/figures.ts';
import type { SettledConfiguration } from '../contract/configuration.ts';
import { OrthantError } from '../contract/errors.ts';
import type { DataSet } from '../data/dataset.ts';
import { mostWeightBytes } from '../export/onnx.ts';
import type { EngineRuntime } from '../tensorflow/backend.ts';
import { optimizers } from '../training/optimizers.ts';

/** Memory that 32-bit WebAssembly can address. */
const wasmBytes = 2 ** 32;

const machineBytes = (): number => Math.min(totalmem(), process.constrainedMemory() || Infinity);

/**
 * Refuses a network that cannot fit: a machine without free memory ends the engine without a message, or hangs for
 * minutes first. Only the memory that is certainly needed counts, so an accepted network may still be too large. A
 * network that could be trained but not exported is refused too.
 *
 * @param memory - bytes of memory of the machine
 * @throws OrthantError `configuration`
 */
export function refuseTooLarge(
  { network: { hidden }, training: { optimizer } }: Pick<SettledConfiguration, 'network' | 'training'>,
  { schema, splits: { train } }: Pick<DataSet, 'schema' | 'splits'>,
  { engine, cardBytes }: Pick<EngineRuntime, 'engine' | 'cardBytes'>,
  memory = machineBytes(),
): void {
  const sizes = [train.inputs.length / train.rows, ...hidden, schema.targets.length];
  const weights = sizes.slice(1).reduce((sum, units, layer) => sum + ((sizes[layer] ?? 0) + 1) * units, 0);
  // Each weight needs its gradient and the optimizer's slots; outside the engine, the best snapshot.
  const inEngine = 4 * weights * (2 + optimizers[optimizer.id].slots.length);
  const inAll = inEngine + (cardBytes === undefined ? 4 * weights : 0);
  const [needed, there, where] =
    engine === 'wasm' && inEngine > wasmBytes
      ? [inEngine, wasmBytes, 'the WASM engine can hold']
      : cardBytes === undefined
        ? [inAll, memory, 'this computer has']
        : [inEngine, cardBytes, 'the graphics card has'];
  const refusal =
    needed > there
      ? `training them with ${optimizer.id} takes at least ${gibibytes(needed)}; ${where} ${gibibytes(there)}`
      : 4 * weights > mostWeightBytes
        ? `they take ${gibibytes(4 * weights)}; the ONNX file that every run ends with holds 2 GiB at most`
        : undefined;
  if (refusal === undefined) return;
  throw new OrthantError(
    'configuration',
    `A network of ${sizes.join('-')} units has ${weights.toLocaleString('en-GB')} weights, and ${refusal}. Choose smaller hidden layers.`,
    { field: 'network.hidden' },
  );
}
