import { findInstallation } from './installation.ts';

const { cpu, gpu, missing } = await findInstallation();

/** Whether tests that need TensorFlow itself can run here; if not, the reason has been printed. */
export const hasTensorflow = (cpu ?? gpu) !== undefined;

/** The engines available to tests here: for `describe.each`. */
export const testEngines: readonly ('tensorflow' | 'wasm')[] = hasTensorflow ? ['tensorflow', 'wasm'] : ['wasm'];

/**
 * Device of TensorFlow's tests: the processor, or with `ORTHANT_TEST_DEVICE=gpu` an NVIDIA card, for which
 * build/vitest.config.ts then sets up the environment.
 */
export const testDevice: 'cpu' | 'gpu' = process.env.ORTHANT_TEST_DEVICE === 'gpu' ? 'gpu' : 'cpu';

/** The device for `openEngine` in a test that runs on every engine; other engines have only the processor. */
export const testDeviceOf = (engine: 'tensorflow' | 'wasm'): 'cpu' | 'gpu' | 'auto' =>
  engine === 'tensorflow' ? testDevice : 'auto';

if (testDevice === 'gpu') console.warn('Tests of what TensorFlow does on a CPU alone are skipped: a card is tested.');
if (!hasTensorflow) console.warn(`Tests on TensorFlow are skipped: ${missing.cpu ?? 'it is not installed'}.`);
