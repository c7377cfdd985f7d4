import { Worker } from 'node:worker_threads';

/** Of dlopen(3): RTLD_LAZY, and RTLD_NODELETE, as Node closes a library that turns out to be no addon. */
const flags = 0x1 | 0x1000;

const script = `
  const { workerData: { libraries, flags } } = require('node:worker_threads');
  for (const library of libraries) {
    try { process.dlopen({ exports: {} }, library, flags); } catch {}
  }`;

/**
 * Loads shared libraries on another thread: the system's linker needs a quarter of a second for TensorFlow's, in which
 * this thread can work. An addon that needs them then finds them loaded. Only on Linux; elsewhere, and if it fails, the
 * addon loads them and reports any error.
 */
export function preload(libraries: readonly string[]): Promise<void> {
  if (process.platform !== 'linux') return Promise.resolve();
  return new Promise((resolve) => {
    const worker = new Worker(script, { eval: true, execArgv: [], workerData: { libraries, flags } });
    worker.on('error', () => undefined);
    worker.on('exit', () => {
      resolve();
    });
  });
}
