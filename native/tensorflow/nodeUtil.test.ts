import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openEngine } from './backend.ts';
import { hasTensorflow } from './testEngines.ts';

const require = createRequire(import.meta.url);
const util = require('node:util') as { isNullOrUndefined?: (value: unknown) => boolean };

test.skipIf(!hasTensorflow)(
  'the functions that the package uses from util work: top-k asks isNullOrUndefined for its settings',
  async () => {
    // As in Node 23 and later.
    delete util.isNullOrUndefined;
    const { tf } = await openEngine({ engine: 'tensorflow' });
    const topk = (values: number[], k: number) => [...tf.topk(tf.tensor1d(values), k).values.dataSync()];
    expect(topk([3, 9, 5], 2)).toEqual([9, 5]);
    const restored = util.isNullOrUndefined;
    delete util.isNullOrUndefined;
    try {
      expect(() => topk([3, 9, 5], 2)).toThrow(/isNullOrUndefined/);
    } finally {
      util.isNullOrUndefined = restored!;
    }
  },
);

// If this fails, tfjs-node has been fixed: remove the functions it no longer calls from nodeUtil.ts and from this list.
test.each([
  ['isNullOrUndefined', ['TopK.js', 'nodejs_kernel_backend.js']],
  ['isArray', ['nodejs_kernel_backend.js']],
])('the installed package still calls util.%s', (name, files) => {
  const folder = path.join(path.dirname(require.resolve('@tensorflow/tfjs-node-gpu/package.json')), 'dist');
  const call = new RegExp(String.raw`\butil_\d+\.${name}\b`);
  const callers = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (file) =>
      file.endsWith('.js') && !file.includes('_test') && call.test(readFileSync(path.join(folder, file), 'utf8')),
  );
  expect(callers.map((file) => path.basename(file)).sort()).toEqual(files);
});
