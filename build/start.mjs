#!/usr/bin/env node
/**
 * `npm start`: sets up missing parts, then opens the application: in Electron, or, if its binary is not available or
 * cannot run, the same application in a browser.
 *
 *   npm start -- [--browser] [--electron] [--no-window] [--port N] [FILE ...]
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parsePort } from '../electron/browser/port.mjs';
import { setup } from './setup.mjs';
import { openApplication } from './start/openApplication.mjs';
import { readSurroundings } from './start/sandbox.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

const help = `npm start -- [options] [FILE ...]

  --browser     open in a browser on this computer instead of Electron
  --electron    try again to download Electron after a failure
  --no-window   with --browser: open no window, print the address
  --port N      with --browser: listen on this port
  FILE          a data file or a configuration (.orthant) to open
`;

function readOptions() {
  try {
    const { values, positionals } = parseArgs({
      options: {
        browser: { type: 'boolean', default: false },
        electron: { type: 'boolean', default: false },
        'no-window': { type: 'boolean', default: false },
        port: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
      allowPositionals: true,
    });
    return { ...values, port: parsePort(values.port), files: positionals.map((file) => path.resolve(file)) };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
    return process.exit(2);
  }
}

const { 'no-window': noWindow, ...options } = readOptions();
if (options.help) {
  process.stdout.write(help);
  process.exit(0);
}
if (!(await setup({ gpu: hasNvidiaDriver(), quiet: true }))) process.exit(1);
process.exit(await openApplication({ ...options, window: !noWindow, root, here: await readSurroundings() }));

/** Whether a driver for NVIDIA's cards is running, here or behind Windows' subsystem for Linux. */
function hasNvidiaDriver() {
  return existsSync('/dev/nvidiactl') || existsSync('/usr/lib/wsl/lib/libcuda.so.1');
}
