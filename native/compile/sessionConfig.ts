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
  Uint8Array.from([
    ...number(fields.intraOpParallelismThreads, threads),
    ...message(fields.graphOptions, message(fields.rewriteOptions, number(fields.disableMetaOptimizer, 1))),
  ]);

const fields = {
  intraOpParallelismThreads: 2,
  graphOptions: 10,
  /** Of GraphOptions. */
  rewriteOptions: 10,
  /** Of RewriterConfig. */
  disableMetaOptimizer: 19,
};

/** Base 128, lowest digit first, all but the last with the high bit set. */
const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];

const number = (field: number, value: number): number[] => [...varint(field * 8), ...varint(value)];

const message = (field: number, content: readonly number[]): number[] => [
  ...varint(field * 8 + 2),
  ...varint(content.length),
  ...content,
];
