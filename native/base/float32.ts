/** The smallest normal float32. Smaller values count as 0 on processors that flush denormal numbers. */
export const smallestNormal = 2 ** -126;

/** Zeros in memory shared by threads, so that another thread can gather rows while this one trains. */
export const sharedFloats = (length: number): Float32Array => new Float32Array(new SharedArrayBuffer(4 * length));
