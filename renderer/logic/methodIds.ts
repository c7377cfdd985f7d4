/** Methods that the window mentions by name; the engine describes their cards and forms. */
export const mentionedMethods = {
  none: 'none',
  outputTransform: 'output-transform',
  nonNegativeLastLayer: 'non-negative-last-layer',
} as const;
