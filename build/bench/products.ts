import type * as tfjs from '@tensorflow/tfjs-core';
import { CompiledRun, type CompiledKind } from '../../native/compile/compiledRun.ts';
import { traceRun } from '../../native/compile/traceRun.ts';
import { nativeBackend } from '../../native/tensorflow/nativeBackend.ts';

/**
 * The matrix products of a training step and nothing else, as a program: forward through all layers, then backward to
 * the kernels' gradients and the hidden layers'. The gradients take the kernels' place. So every step needs every product
 * of the step before, and no compiler can leave one out or move it out of the loop; and there is nothing to be done
 * besides, but for one scaling of what goes back from the output, which keeps the values in range.
 *
 * Of that scaling: with L layers and s the sum of the logarithms of the kernels' sizes, a step makes of s the sum
 * (L - 1) s + L d, where d is the logarithm of the size of what goes back. With the output, whose logarithm is s plus a
 * constant, to the power of -(L - 1) / L going back, that is a constant.
 */
export function productsProgram(
  tf: typeof tfjs,
  sizes: readonly number[],
  batch: number,
  execution: CompiledKind,
): CompiledRun {
  const layers = sizes.length - 1;
  const inputs = tf.randomNormal<tfjs.Rank.R2>([batch, sizes[0] ?? 1]);
  const kernels = sizes.slice(1).map((units, i) => {
    const rows = sizes[i] ?? 1;
    return tf.variable(tf.randomNormal<tfjs.Rank.R2>([rows, units], 0, 1 / Math.sqrt(rows)));
  });
  return new CompiledRun(
    traceRun({
      tf,
      backend: nativeBackend(tf),
      state: kernels,
      trainingData: [inputs],
      rows: batch,
      step: () =>
        tf.tidy(() => {
          const reached: tfjs.Tensor2D[] = [inputs];
          for (const kernel of kernels) reached.push(tf.matMul<tfjs.Tensor2D>(reached.at(-1) ?? inputs, kernel));
          const output = reached.pop() ?? inputs;
          const size = tf.sqrt(tf.mean<tfjs.Scalar>(tf.square(output)));
          let back: tfjs.Tensor2D = tf.div(output, tf.pow(size, 2 - 1 / layers));
          for (let i = layers - 1; i >= 0; i--) {
            const [kernel, input] = [kernels[i], reached[i]];
            if (kernel === undefined || input === undefined) continue;
            const gradient = tf.matMul<tfjs.Tensor2D>(input, back, true);
            if (i > 0) back = tf.matMul<tfjs.Tensor2D>(back, kernel, false, true);
            kernel.assign(gradient);
          }
          return size;
        }),
      predict: (batchInputs) => batchInputs,
      batchSizes: [batch],
      splits: {},
      chunkRows: batch,
    }),
    execution,
  );
}
