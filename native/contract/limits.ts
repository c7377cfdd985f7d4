/** Limits of a run configuration, for schemas and for controls that have no schema. */
export const limits = {
  /** Hidden layers of a network. */
  layers: 64,
  /** Units of a hidden layer. */
  units: 65_536,
  epochs: 1_000_000,
  seed: 0xffff_ffff,
} as const;
