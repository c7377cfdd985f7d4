import { findInstallation } from './installation.ts';

const { cpu, missing } = await findInstallation();

/** Whether tests that need TensorFlow itself can run here; if not, the reason has been printed. */
export const hasTensorflow = cpu !== undefined;

/** The engines that tests can run on here: for `describe.each`. */
export const testEngines: readonly ('tensorflow' | 'wasm')[] = hasTensorflow ? ['tensorflow', 'wasm'] : ['wasm'];

if (!hasTensorflow) console.warn(`Tests on TensorFlow are skipped: ${missing.cpu ?? 'it is not installed'}.`);
