import type * as tfjs from '@tensorflow/tfjs-core';
import type { NativeBackend, OperationAttribute } from './nativeBackend.ts';
import { tf } from './tfjsCore.ts';

/** Name under which tfjs knows the native backend; its kernels are registered under it. */
export const tensorflowBackend = 'tensorflow';

const reluGrad = 'ReluGrad';

/**
 * Replaces inefficient kernels of the package. Called once, after its own kernels are registered.
 *
 * - ReLU's gradient takes seven operations there, with a full-size array uploaded from JavaScript at each step; here it is
 *   TensorFlow's one operation `ReluGrad`.
 * - `gather` there reads its indices back from the device to check them. Here it does not: TensorFlow's CPU kernel
 *   checks them itself, and on a card callers make sure that they lie in range, since the kernel gives zeros otherwise.
 */
export function registerTensorflowKernels(): void {
  tf.registerKernel({
    kernelName: reluGrad,
    backendName: tensorflowBackend,
    kernelFunc: ({ inputs, backend }) => {
      const { dy, features } = inputs as { dy: tfjs.Tensor; features: tfjs.Tensor };
      const native = backend as NativeBackend;
      return native.executeSingleOutput(reluGrad, [typeAttribute(native, 'T', dy.dtype)], [dy, features]);
    },
  });
  replaceReluGradient();

  tf.unregisterKernel(tf.GatherV2, tensorflowBackend);
  tf.registerKernel({ kernelName: tf.GatherV2, backendName: tensorflowBackend, kernelFunc: gather });
}

/** Gradients are registered once for all backends, so this one checks the current backend. */
function replaceReluGradient(): void {
  const composed = tf.getGradient(tf.Relu);
  tf.unregisterGradient(tf.Relu);
  tf.registerGradient({
    ...composed,
    // The composed gradient needs the input; ReluGrad accepts the input as well as the output.
    gradFunc: (dy, saved, attributes) => {
      if (tf.getBackend() !== tensorflowBackend) return composed.gradFunc(dy, saved, attributes);
      const [features] = saved as [tfjs.Tensor];
      return {
        x: () => tf.engine().runKernel(reluGrad, { dy: dy as tfjs.Tensor, features }),
      };
    },
  });
}

const gather: tfjs.KernelFunc = ({ inputs, attrs, backend }) => {
  const { x, indices } = inputs as tfjs.GatherV2Inputs as { x: tfjs.Tensor; indices: tfjs.Tensor };
  const { axis, batchDims } = attrs as unknown as tfjs.GatherV2Attrs;
  const native = backend as NativeBackend;
  const axisTensor = tf.scalar(axis, 'int32');
  const attributes = [
    { name: 'batch_dims', type: native.binding.TF_ATTR_INT, value: batchDims },
    typeAttribute(native, 'Tparams', x.dtype),
    typeAttribute(native, 'Tindices', indices.dtype),
    typeAttribute(native, 'Taxis', 'int32'),
  ];
  const result = native.executeSingleOutput(tf.GatherV2, attributes, [x, indices, axisTensor]);
  axisTensor.dispose();
  return result;
};

function typeAttribute(native: NativeBackend, name: string, dtype: tfjs.DataType): OperationAttribute {
  return { name, type: native.binding.TF_ATTR_TYPE, value: native.getDTypeInteger(dtype) };
}
