/**
 * Rows collected from large arrays by this thread and a helper at once. Both take the next block of a job from one
 * counter, so that the work is done whether the helper is quick, late or not there at all.
 *
 * The functions here also run in the helper, which is given their source: they may use nothing from outside of
 * themselves.
 */

/** Row-major arrays whose rows belong together, and the same of a chunk; all on shared memory. */
export interface GatherBuffers {
  /** Where rows come from: [all rows, width] each. */
  readonly sources: readonly Float32Array[];
  /** Where they go to: [rows of a chunk, width] each. */
  readonly targets: readonly Float32Array[];
  readonly widths: readonly number[];
  /** Numbers of the rows wanted. */
  readonly rows: Int32Array;
  /** Rows of a block. */
  readonly blockRows: number;
  /** {@link jobNumber}, {@link rowCount}, {@link nextBlock}, {@link blocksDone}. */
  readonly control: Int32Array;
}

/** Places in {@link GatherBuffers.control}. The number of the job at work: the helper sleeps while it stands still. */
export const jobNumber = 0;
/** Rows of the job. */
export const rowCount = 1;
/** Number of the job and, in the last 12 bits, the block that is to be taken next. */
export const nextBlock = 2;
/** Blocks done. */
export const blocksDone = 3;

/** Most blocks of a job: they are counted in 12 bits. */
export const mostBlocks = 4095;

/** Takes and copies blocks of job `job` until none is left. */
export function gatherBlocks(buffers: GatherBuffers, job: number): void {
  const { sources, targets, widths, rows, blockRows, control } = buffers;
  const count = Atomics.load(control, 1);
  const blocks = Math.ceil(count / blockRows);
  const tag = job & 0xfffff;
  for (;;) {
    const next = Atomics.load(control, 2);
    const block = next & 0xfff;
    // Another job may have begun since; then this one is done, and nothing of the next is known here.
    if (next >>> 12 !== tag || block >= blocks) return;
    if (Atomics.compareExchange(control, 2, next, next + 1) !== next) continue;
    const end = Math.min(count, (block + 1) * blockRows);
    for (let array = 0; array < sources.length; array++) {
      const source = sources[array];
      const target = targets[array];
      const width = widths[array] ?? 0;
      if (source === undefined || target === undefined) continue;
      for (let place = block * blockRows; place < end; place++) {
        const from = (rows[place] ?? 0) * width;
        if (width > 32) target.set(source.subarray(from, from + width), place * width);
        else for (let i = 0; i < width; i++) target[place * width + i] = source[from + i] ?? 0;
      }
    }
    Atomics.add(control, 3, 1);
    Atomics.notify(control, 3);
  }
}

/** What the helper does all its life: sleeps until a job begins, and takes part in it. */
export function assist(buffers: GatherBuffers, takePart: (buffers: GatherBuffers, job: number) => void): void {
  for (let job = 0; ;) {
    Atomics.wait(buffers.control, 0, job);
    job = Atomics.load(buffers.control, 0);
    takePart(buffers, job);
  }
}
