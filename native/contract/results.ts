import { z } from 'zod';
import { exportVerifierIds } from './exportFormats.ts';
import { warningSchema } from './inspection.ts';
import { rowCountsSchema } from './rowCounts.ts';

export const splitNames = ['train', 'validation', 'test'] as const;
export type SplitName = (typeof splitNames)[number];

/** Names of the splits in sentences. */
export const splitTitles: Readonly<Record<SplitName, string>> = {
  train: 'training',
  validation: 'validation',
  test: 'test',
};

/**
 * Largest difference between the outputs of an exported model and the trained one, in standard deviations of the
 * target. The evidence is about the outputs of the trained model. Outputs that are many deviations large may differ by
 * {@link differenceLimitUlps} of the largest one instead: float32 holds them no better.
 */
export const differenceLimit = 1e-4;
/** In units in the last place of float32. */
export const differenceLimitUlps = 16;

/** One output on one split, with frozen weights, in the target's units. */
export const outputReportSchema = z.object({
  name: z.string(),
  /** Root of the mean squared error. */
  rmse: z.number(),
  /** Mean absolute error. */
  mae: z.number(),
  /** Share of rows whose prediction is below 0. */
  negativeShare: z.number(),
  /** Share of rows whose prediction is below epsilon. */
  violationShare: z.number(),
  /** The lowest prediction. */
  minimum: z.number(),
  /** The split's rows beside the prediction intervals, in the result of a run. */
  interval: z
    .object({
      level: z.number(),
      /** Share of the rows whose target is inside. */
      coverage: z.number(),
      /** Mean width after the cut at the bound, in the target's units. */
      width: z.number(),
    })
    .optional(),
});
export type OutputReport = z.infer<typeof outputReportSchema>;

export const splitReportSchema = z.object({
  rows: z.int(),
  /** Mean of the loss over rows and outputs, without the constraint term, in scaled units. */
  loss: z.number(),
  outputs: z.array(outputReportSchema),
});
export type SplitReport = z.infer<typeof splitReportSchema>;

/** A split without rows is absent. */
export const splitReportsSchema = z.partialRecord(z.enum(splitNames), splitReportSchema);
export type SplitReports = z.infer<typeof splitReportsSchema>;

/** The state of a constraint method at the end of an epoch. */
export const constraintReportSchema = z.object({
  /** Largest multiplier; 0 if the method has none. */
  largestMultiplier: z.number(),
  /** Penalty coefficient, if the method has one. */
  coefficient: z.number().optional(),
  /** Slacks stuck at zero while their constraint pushes (slack method only). */
  deadSlacks: z.int().optional(),
});
export type ConstraintReport = z.infer<typeof constraintReportSchema>;

/**
 * Histogram of one output's predictions on the training rows, with frozen weights, in the target's units: bins of equal
 * width from `from` to `to`. If `from < 0 < to`, zero is the border of two bins, so that no bin mixes negative and
 * positive predictions. 40 to 80 bins are enough for the window's strip.
 */
export const distributionSchema = z.object({
  name: z.string(),
  from: z.number(),
  to: z.number(),
  counts: z.array(z.int().min(0)).min(1),
});
export type Distribution = z.infer<typeof distributionSchema>;

/** One line of `metrics.jsonl`. */
export const epochMetricsSchema = z.object({
  epoch: z.int(),
  step: z.int(),
  /** Seconds of training and evaluation so far. */
  seconds: z.number(),
  learningRate: z.number(),
  /** Mean of loss plus constraint term over the epoch's steps, in scaled units, as the optimizer minimised it. */
  objective: z.number(),
  splits: splitReportsSchema,
  constraint: constraintReportSchema,
  /** One per output. */
  distribution: z.array(distributionSchema),
  /** Whether this epoch's weights are the best snapshot so far. */
  best: z.boolean(),
});
export type EpochMetrics = z.infer<typeof epochMetricsSchema>;

/** From the weakest to the strongest. */
export const evidenceLevels = ['none', 'train', 'held-out', 'by-construction'] as const;
export const evidenceSchema = z.object({
  level: z.enum(evidenceLevels),
  /** One sentence: the finding and where it holds. */
  statement: z.string(),
  /** One sentence per output: what the weights prove. */
  details: z.array(z.string()),
  /** One sentence per output and split: the result on its rows. */
  figures: z.array(z.string()),
  /** Caveats to show with the statement. */
  limits: z.array(z.string()),
  /** The lowest bound of all outputs, in the target's units. */
  lowestBound: z.number(),
});
export type Evidence = z.infer<typeof evidenceSchema>;

export const phasesSchema = z.object({
  /** Seconds to start the engine. */
  setup: z.number(),
  /** Seconds from then until the data were read, which begins together with the engine. */
  read: z.number(),
  compile: z.number().optional(),
  train: z.number(),
  evaluate: z.number(),
  export: z.number(),
});
export type Phases = z.infer<typeof phasesSchema>;

export const exportReportSchema = z.object({
  verifiedBy: z.enum(exportVerifierIds),
  /**
   * Largest absolute difference from the training engine on the test rows, divided by the target's standard deviation.
   */
  maxRelativeDifference: z.number(),
  /** Smallest output of the exported file, in the target's units. */
  smallestOutput: z.number(),
  /** Number of rows that were compared. */
  rows: z.int(),
});
export type ExportReport = z.infer<typeof exportReportSchema>;

/** What each setting that was `auto` came to, by its name. */
export const chosenSchema = z
  .object({
    method: z.string(),
    hidden: z.array(z.int()),
    epochs: z.int(),
    weightDecay: z.number(),
    earlyStopping: z.int(),
    missing: z.string(),
  })
  .partial();
export type Chosen = z.infer<typeof chosenSchema>;
/** Prediction intervals of a model: prediction - half width to prediction + half width, each end at or above the bound. */
export const intervalsSchema = z.object({
  /** Share of rows like the validation rows whose target is inside. */
  level: z.number(),
  /** Validation rows whose residuals give the half widths. */
  rows: z.int(),
  /** One per target, in the target's units. */
  halfWidths: z.array(z.number()),
});
export type Intervals = z.infer<typeof intervalsSchema>;

/** Intervals as a result reports them. */
export const intervalsReportSchema = intervalsSchema.extend({
  /** Absent if there are too few validation rows for the level. */
  halfWidths: intervalsSchema.shape.halfWidths.optional(),
  /** One sentence: what the intervals rest on, or why there are none. */
  note: z.string(),
});
export type IntervalsReport = z.infer<typeof intervalsReportSchema>;

/** The JSON object that ends `train --json`, also kept in `run.json`. */
export const trainingResultSchema = z.object({
  engine: z.enum(['tensorflow', 'wasm']),
  version: z.string(),
  device: z.enum(['cpu', 'gpu']),
  execution: z.enum(['eager', 'graph', 'xla']),
  executionReason: z.string().optional(),
  method: z.string(),
  /** Absent in results of older versions, which chose nothing. */
  chosen: chosenSchema.optional(),
  /** Epochs trained. */
  epochs: z.int(),
  steps: z.int(),
  /** Epoch of the best snapshot; the fields below describe it. */
  bestEpoch: z.int(),
  stopped: z.enum(['finished', 'early-stopping', 'by-request']),
  /** Training and evaluation only. */
  seconds: z.number(),
  phases: phasesSchema,
  reproducible: z.boolean(),
  /** Absent in results of older versions. */
  rows: rowCountsSchema.optional(),
  splits: splitReportsSchema,
  evidence: evidenceSchema,
  /** Absent if the level is 0. */
  intervals: intervalsReportSchema.optional(),
  warnings: z.array(warningSchema),
  run: z.string(),
  files: z.object({ onnxJson: z.string(), onnx: z.string() }).optional(),
  export: exportReportSchema.optional(),
});
export type TrainingResult = z.infer<typeof trainingResultSchema>;
