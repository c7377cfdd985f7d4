/** Methods that the window speaks of by name; their cards and forms come from the engine. */
export const mentionedMethods = {
  none: 'none',
  outputTransform: 'output-transform',
  nonNegativeLastLayer: 'non-negative-last-layer',
} as const;
