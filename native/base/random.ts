/**
 * Seeded random numbers that are the same on every machine and engine: xoshiro128** (Blackman and Vigna, "Scrambled
 * linear pseudorandom number generators", 2021).
 *
 * Each use draws from its own stream, named by (seed, purpose, counter), so that adding a use never changes another,
 * and the stream of epoch 7 is available without drawing those of epochs 1 to 6: a checkpoint keeps no generator state.
 */
export class Random {
  readonly #state: Uint32Array;
  #spareNormal: number | undefined;

  /**
   * @param seed - the user's seed, a whole number from 0
   * @param purpose - the use of the numbers: "split", "first weights", "row order"
   * @param counter - number of the epoch, layer or restart
   */
  constructor(seed: number, purpose: string, counter = 0) {
    this.#state = streamState(seed, purpose, counter);
  }

  /** A whole number from 0 to 2^32 - 1. */
  uint32(): number {
    const s = this.#state as unknown as [number, number, number, number];
    const result = Math.imul(rotateLeft(Math.imul(s[1], 5), 7), 9) >>> 0;
    const shifted = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotateLeft(s[3], 11);
    return result;
  }

  /** A whole number from 0 to bound - 1, each equally likely (draws that would favour the low ones are repeated). */
  below(bound: number): number {
    for (;;) {
      const value = this.uint32();
      // The whole multiples of `bound` end above 2^32 - bound: only few draws need the exact limit.
      if (value <= 0x1_0000_0000 - bound || value < 0x1_0000_0000 - (0x1_0000_0000 % bound)) {
        return (value >>> 0) % (bound >>> 0);
      }
    }
  }

  /** From `low` (included) to `high` (excluded), 53 random bits. */
  uniform(low = 0, high = 1): number {
    const unit = ((this.uint32() >>> 5) * 0x400_0000 + (this.uint32() >>> 6)) / 0x20_0000_0000_0000;
    return low + (high - low) * unit;
  }

  /** From the standard normal distribution (Marsaglia's polar method). */
  normal(): number {
    if (this.#spareNormal !== undefined) {
      const spare = this.#spareNormal;
      this.#spareNormal = undefined;
      return spare;
    }
    for (;;) {
      const x = this.uniform(-1, 1);
      const y = this.uniform(-1, 1);
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(square)) / square);
      this.#spareNormal = y * factor;
      return x * factor;
    }
  }

  /** The numbers 0 to count - 1 in random order, every order equally likely (Fisher and Yates): [count]. */
  permutation(count: number): Int32Array {
    // Every epoch of a run draws one over all rows; filled by a plain loop, it takes a third of the time.
    const order = new Int32Array(count);
    for (let index = 0; index < count; index++) order[index] = index;
    for (let last = count - 1; last > 0; last--) {
      const other = this.below(last + 1);
      const kept = order[last] ?? 0;
      order[last] = order[other] ?? 0;
      order[other] = kept;
    }
    return order;
  }
}

const rotateLeft = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits));

/** Four words from the stream's name: FNV-1a over the name, then SplitMix32, as the generator's authors advise. */
function streamState(seed: number, purpose: string, counter: number): Uint32Array {
  let hash = 0x811c_9dc5;
  for (const byte of new TextEncoder().encode(`${seed}/${purpose}/${counter}`)) {
    hash = Math.imul(hash ^ byte, 0x0100_0193);
  }
  return Uint32Array.from({ length: 4 }, () => {
    hash = (hash + 0x9e37_79b9) | 0;
    let mixed = hash ^ (hash >>> 16);
    mixed = Math.imul(mixed, 0x21f0_aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a_2d97);
    return mixed ^ (mixed >>> 15);
  });
}
