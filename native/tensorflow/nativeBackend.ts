import type * as tf from '@tensorflow/tfjs-core';

/** The native binding's result for each tensor it makes. */
export interface TensorMetadata {
  readonly id: number;
  readonly shape: readonly number[];
  /** TensorFlow's DataType number. */
  readonly dtype: number;
}

/** An attribute of a TensorFlow operation: its name, the number of its kind, its value. */
export interface OperationAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** The part of tfjs-node's native binding that is used here. */
export interface Binding {
  createTensor(shape: number[], dtype: number, values: unknown): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array;
  executeOp(name: string, attributes: OperationAttribute[], inputs: number[], outputs: number): TensorMetadata[];
  /** @param config - a serialised ConfigProto; TensorFlow's defaults, unless given */
  loadSavedModel(folder: string, tags: string, config?: Uint8Array): number;
  deleteSavedModel(id: number): void;
  runSavedModel(id: number, inputs: number[], inputNames: string, outputNames: string): TensorMetadata[];
  readonly TF_Version: string;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_SHAPE: number;
}

/** The part of tfjs-node's backend that is used here; its package declares none of it for other code. */
export interface NativeBackend {
  binding: Binding;
  readonly isUsingGpuDevice: boolean;
  getDTypeInteger(dtype: tf.DataType): number;
  getNumOfTFTensors(): number;
  /** Uploads tensors that have not been used yet. */
  getInputTensorIds(tensors: readonly tf.Tensor[]): number[];
  createOutputTensor(metadata: TensorMetadata): tf.Tensor;
  executeSingleOutput(
    name: string,
    attributes: readonly OperationAttribute[],
    inputs: readonly tf.TensorInfo[],
  ): tf.Tensor;
}

/** The current backend, which is TensorFlow's. */
export const nativeBackend = (library: typeof tf): NativeBackend => library.backend() as unknown as NativeBackend;
