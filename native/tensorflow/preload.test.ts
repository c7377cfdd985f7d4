import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { preload } from './preload.ts';

const packageFolder = path.dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
const library = path.join(packageFolder, 'bin/napi-v6/linux', process.arch, 'libonnxruntime.so.1');
const isLoaded = (): boolean => readFileSync('/proc/self/maps', 'utf8').includes(library);

describe.skipIf(process.platform !== 'linux')('preloading', () => {
  it('leaves a library loaded, although it is no addon, and passes over one that cannot be loaded', async () => {
    expect(isLoaded()).toBe(false);
    await preload(['/nowhere/libnothing.so', library]);
    expect(isLoaded()).toBe(true);
  });
});
