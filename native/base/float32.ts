/** The smallest normal float32. What is smaller counts as 0 on processors that are told to flush denormal numbers. */
export const smallestNormal = 2 ** -126;
