import type * as tfjs from '@tensorflow/tfjs-core';
import { tf } from './tfjsCore.ts';

/** Name under which tfjs knows the WebAssembly backend. */
export const wasmBackend = 'wasm';

/** The part of the WebAssembly backend that is used here; the package declares the rest. */
interface WasmBackend {
  disposeData(dataId: tfjs.DataId): boolean;
  typedArrayFromHeap(tensor: tfjs.TensorInfo): Float32Array | Int32Array;
  makeOutput(shape: number[], dtype: tfjs.DataType): tfjs.TensorInfo;
}

let registered = false;

/**
 * Fixes the WebAssembly backend for training:
 *
 * - A matrix product with a transposed operand, as all products of a backward pass, is slow there; transposing first and
 *   multiplying then is several times faster.
 * - `UnsortedSegmentSum`, the gradient of `gather`, is missing there.
 */
export function registerWasmKernels(): void {
  if (registered) return;
  registered = true;
  const product = requireKernel(tf.BatchMatMul);
  const transpose = requireKernel(tf.Transpose);

  tf.unregisterKernel(tf.BatchMatMul, wasmBackend);
  tf.registerKernel({
    ...product,
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { a, b } = inputs as unknown as { a: tfjs.TensorInfo; b: tfjs.TensorInfo };
      const { transposeA, transposeB } = attrs as unknown as tfjs.BatchMatMulAttrs;
      const swapped = (x: tfjs.TensorInfo) => {
        const perm = x.shape.map((_, axis) => axis);
        perm.push(...perm.splice(-2).reverse());
        return transpose.kernelFunc({ inputs: { x }, attrs: { perm }, backend }) as tfjs.TensorInfo;
      };
      const left = transposeA ? swapped(a) : a;
      const right = transposeB ? swapped(b) : b;
      const plain = { transposeA: false, transposeB: false };
      const result = product.kernelFunc({ inputs: { a: left, b: right }, attrs: plain, backend });
      const wasm = backend as WasmBackend;
      if (left !== a) wasm.disposeData(left.dataId);
      if (right !== b) wasm.disposeData(right.dataId);
      return result;
    },
  });

  tf.registerKernel({ kernelName: tf.UnsortedSegmentSum, backendName: wasmBackend, kernelFunc: unsortedSegmentSum });
}

function requireKernel(name: string): tfjs.KernelConfig {
  const kernel = tf.getKernel(name, wasmBackend) as tfjs.KernelConfig | undefined;
  if (kernel === undefined) throw new Error(`@tensorflow/tfjs-backend-wasm has no kernel ${name}`);
  return kernel;
}

/** Sums slices of `x` [n, ...] by `segmentIds` [n] into [numSegments, ...]; an id outside the range is ignored. */
const unsortedSegmentSum: tfjs.KernelFunc = ({ inputs, attrs, backend }) => {
  const { x, segmentIds } = inputs as unknown as { x: tfjs.TensorInfo; segmentIds: tfjs.TensorInfo };
  const { numSegments } = attrs as unknown as tfjs.UnsortedSegmentSumAttrs;
  const wasm = backend as WasmBackend;
  const [count = 0, ...rest] = x.shape;
  const size = tf.util.sizeFromShape(rest);
  // The output is made first, because that may grow the heap, which moves the memory of the views below.
  const output = wasm.makeOutput([numSegments, ...rest], x.dtype);
  const sums = wasm.typedArrayFromHeap(output).fill(0);
  const values = wasm.typedArrayFromHeap(x);
  const ids = wasm.typedArrayFromHeap(segmentIds);
  for (let row = 0; row < count; row += 1) {
    const segment = ids[row] ?? -1;
    if (segment < 0 || segment >= numSegments) continue;
    const from = row * size;
    const to = segment * size;
    for (let i = 0; i < size; i += 1) sums[to + i] = (sums[to + i] ?? 0) + (values[from + i] ?? 0);
  }
  return output;
};
