import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/**
 * A serialised ConfigProto (tensorflow/core/protobuf/config.proto, whose field numbers these are); the package's
 * protobuf classes do not include it.
 *
 * - Threads: by default a session has one for each processor. For steps of a hundredth of a millisecond, handing work
 *   to another thread costs more than the work. (TensorFlow obeys this only with TF_OVERRIDE_GLOBAL_THREADPOOL, see
 *   tensorflow/variables.mjs.)
 * - No graph optimizer: it turns divisions by constants into products and moves common factors out of sums, so that the
 *   last bits would differ from those of single operations. It also processes the whole graph for every set of fetches,
 *   which takes longer than it saves.
 *
 * @param threads - number of threads for one operation; 0 means one for each processor
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
  /** Field of GraphOptions. */
  rewriteOptions: 10,
  /** Field of RewriterConfig. */
  disableMetaOptimizer: 19,
};
