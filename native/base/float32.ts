/** The smallest normal float32. Smaller values count as 0 on processors that flush denormal numbers. */
export const smallestNormal = 2 ** -126;
