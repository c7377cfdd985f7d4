import { describe, expect, it } from 'vitest';
import { Random } from './random.ts';

/** The authors' own C program, in 64-bit integers: a second implementation with the state taken from outside. */
function* reference(state: bigint[]): Generator<number> {
  const mask = 0xffff_ffffn;
  const rotate = (x: bigint, k: bigint): bigint => ((x << k) | (x >> (32n - k))) & mask;
  const s = [...state];
  for (;;) {
    yield Number((rotate((s[1]! * 5n) & mask, 7n) * 9n) & mask);
    const t = (s[1]! << 9n) & mask;
    s[2]! ^= s[0]!;
    s[3]! ^= s[1]!;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= t;
    s[3] = rotate(s[3]!, 11n);
  }
}

/** Recovers the state from the generator's output: xoshiro128** is a bijection of s[1] per draw. */
function firstState(random: Random): bigint[] {
  const mask = 0xffff_ffffn;
  const inverse = (a: bigint): bigint => {
    let x = 1n;
    for (let i = 0; i < 6; i++) x = (x * (2n - a * x)) & mask;
    return x & mask;
  };
  const rotateRight = (x: bigint, k: bigint): bigint => ((x >> k) | (x << (32n - k))) & mask;
  // s1 of four successive draws determines the state: s1' = s1^s2^s0, and so on.
  const s1 = [0, 1, 2, 3].map(() => {
    const y = (BigInt(random.uint32()) * inverse(9n)) & mask;
    return (rotateRight(y, 7n) * inverse(5n)) & mask;
  });
  const sum = s1[0]! ^ s1[1]!; // s0 ^ s2 of the first state
  // Next state: s0' = s0^s1^s3, s2' = s0^s2^(s1<<9), so s1'' = s1'^s2'^s0' gives s0^s3 … solve for s3 then s0.
  const s2Next = sum ^ ((s1[0]! << 9n) & mask);
  const s0Next = s1[2]! ^ s1[1]! ^ s2Next;
  const s0XorS3 = s0Next ^ s1[0]!;
  // s3' = rotl(s1^s3, 11); s0'' = s0'^s1'^s3'; s1''' = s1''^s2''^s0''
  const s2After = s2Next ^ s0Next ^ ((s1[1]! << 9n) & mask);
  const s0After = s1[3]! ^ s1[2]! ^ s2After;
  const s3Next = s0After ^ s0Next ^ s1[1]!;
  const s3 = rotateRight(s3Next, 11n) ^ s1[0]!;
  const s0 = s0XorS3 ^ s3;
  return [s0, s1[0]!, s0 ^ sum, s3];
}

describe('Random', () => {
  it('steps like the published generator', () => {
    const expected = reference(firstState(new Random(42, 'anything', 3)));
    const random = new Random(42, 'anything', 3);
    for (let draw = 0; draw < 1000; draw++) expect(random.uint32()).toBe(expected.next().value);
  });

  it('gives the same stream for the same name and unrelated ones for other names', () => {
    const draws = (random: Random): number[] => Array.from({ length: 8 }, () => random.uint32());
    const first = draws(new Random(1, 'split'));
    expect(draws(new Random(1, 'split'))).toEqual(first);
    for (const other of [new Random(2, 'split'), new Random(1, 'order'), new Random(1, 'split', 1)]) {
      const values = draws(other);
      expect(values.filter((value, index) => value === first[index])).toEqual([]);
    }
  });

  it('has the moments of the uniform and the normal distribution', () => {
    const random = new Random(7, 'moments');
    const count = 100_000;
    const uniforms = Array.from({ length: count }, () => random.uniform(-1, 3));
    const normals = Array.from({ length: count }, () => random.normal());
    const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = (values: number[]): number => mean(values.map((value) => (value - mean0) ** 2));
    let mean0 = mean(uniforms);
    // Five standard errors each.
    expect(Math.abs(mean0 - 1)).toBeLessThan((5 * 4) / Math.sqrt(12 * count));
    expect(Math.abs(variance(uniforms) - 16 / 12)).toBeLessThan(0.03);
    expect(uniforms.every((value) => value >= -1 && value < 3)).toBe(true);
    mean0 = mean(normals);
    expect(Math.abs(mean0)).toBeLessThan(5 / Math.sqrt(count));
    expect(Math.abs(variance(normals) - 1)).toBeLessThan(5 * Math.sqrt(2 / count));
  });

  it('permutes: every number once, every order about equally often', () => {
    const random = new Random(3, 'orders');
    expect([...random.permutation(1000)].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    expect(random.permutation(0)).toHaveLength(0);
    const counts = new Map<string, number>();
    for (let trial = 0; trial < 24_000; trial++) {
      const key = random.permutation(4).join('');
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    // Chi-squared with 23 degrees of freedom: 49.7 is its 0.999 quantile.
    const chi = [...counts.values()].reduce((sum, value) => sum + (value - 1000) ** 2 / 1000, 0);
    expect(chi).toBeLessThan(49.7);
  });
});
