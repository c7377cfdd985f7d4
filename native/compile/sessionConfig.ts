import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/**
 * A serialised ConfigProto (tensorflow/core/protobuf/config.proto, whose field numbers these are); the package's protobuf
 * classes do not know it.
 *
 * - Threads: TensorFlow opens a session with as many as there are processors. For steps of a hundredth of a millisecond,
 *   handing work to another thread costs more than the work. (Heeded with TF_OVERRIDE_GLOBAL_THREADPOOL, see
 *   tensorflow/variables.mjs.)
 * - No graph optimizer: it turns divisions by constants into products and draws common factors out of sums, so that the
 *   last bits would differ from those of single operations; and it goes over the whole graph for every set of fetches,
 *   which takes longer than it saves.
 *
 * @param threads - how many compute one operation at once; 0 stands for as many as there are processors
 */
export const sessionConfig = (threads: number): Uint8Array =>
  new BinaryWriter()
    .tag(fields.intraOpParallelismThreads, WireType.Varint)
    .int32(threads)
    .tag(fields.graphOptions, WireType.LengthDelimited)
    .fork()
    .tag(fields.rewriteOptions, WireType.LengthDelimited)
    .fork()
    .tag(fields.disableMetaOptimizer, WireType.Varint)
    .bool(true)
    .join()
    .join()
    .finish();

const fields = {
  intraOpParallelismThreads: 2,
  graphOptions: 10,
  /** Of GraphOptions. */
  rewriteOptions: 10,
  /** Of RewriterConfig. */
  disableMetaOptimizer: 19,
};
