/**
 * One training step of two networks at four batch sizes with three methods.
 * @typedef {object} StepCase
 * @property {string} name
 * @property {number[]} sizes Inputs, hidden layers, outputs.
 * @property {number} rows Training rows.
 * @property {number} batch Rows in a step.
 * @property {'none' | 'penalty' | 'augmented-lagrangian'} method
 * @property {number} steps Steps in one call, for programs that make many at once: about 50 ms.
 * @property {number} seconds Length of one sample.
 * @property {number} samples Samples of one process.
 */

const networks = [
  { sizes: [784, 784, 784, 2], rows: 8192 },
  { sizes: [9, 64, 64, 1], rows: 49_152 },
];
const methods = /** @type {const} */ (['none', 'penalty', 'augmented-lagrangian']);

/** Multiplications and additions of a step's matrix products: forward, and twice that backward. */
const operations = (/** @type {number[]} */ sizes, /** @type {number} */ batch) =>
  6 * batch * sizes.slice(1).reduce((sum, units, i) => sum + units * (sizes[i] ?? 0), 0);

/**
 * @param {boolean} quick Only batches 64 and 512, and shorter samples.
 * @returns {StepCase[]}
 */
export const stepCases = (quick) =>
  networks.flatMap(({ sizes, rows }) =>
    (quick ? [64, 512] : [64, 512, 4096, rows]).flatMap((batch) =>
      methods.map((method) => ({
        name: `${sizes.join('-')} batch ${batch === rows ? `all ${rows}` : batch} ${method}`,
        sizes,
        rows,
        batch,
        method,
        steps: Math.max(1, Math.min(1000, Math.round(1e10 / operations(sizes, batch)))),
        seconds: quick ? 0.15 : 0.4,
        samples: 5,
      })),
    ),
  );
