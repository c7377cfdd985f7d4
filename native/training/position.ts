import { z } from 'zod';
import type { SettledConfiguration } from '../contract/configuration.ts';
import { parseOrThrow } from '../contract/errors.ts';
import { epochMetricsSchema } from '../contract/results.ts';
import { runChangeSchema } from '../contract/runRecord.ts';
import type { Checkpoint } from '../runs/checkpoints.ts';

/** The best snapshot so far, without its weights. */
const bestSchema = z.object({
  epoch: z.int(),
  violation: z.number(),
  loss: z.number(),
  metrics: epochMetricsSchema,
});

const positionSchema = z.object({
  format: z.literal(1),
  /** Whole epochs done, and steps done in the current epoch. Seed and epoch determine the order of rows. */
  epoch: z.int(),
  stepInEpoch: z.int(),
  step: z.int(),
  seed: z.int(),
  /** Epochs and learning rate, with the changes made while paused. */
  epochs: z.int(),
  learningRate: z.number(),
  /** Objectives of the steps of this epoch: their sum in float64, in the order of the steps. */
  objectiveSum: z.number(),
  /** Losses of the last epochs, over which a snapshot's loss is averaged. */
  recentLosses: z.array(z.number()).default([]),
  /** Mean training loss of the first epoch, against which divergence is judged. */
  firstLoss: z.number().optional(),
  seconds: z.object({ train: z.number(), evaluate: z.number() }),
  best: bestSchema.optional(),
  /** Changes applied so far. */
  changes: z.array(runChangeSchema),
});
/** The position of a run; it changes during the run, and checkpoints store it unchanged. */
export type RunPosition = z.infer<typeof positionSchema>;

/** @throws OrthantError `run` if the state has another format or is damaged */
export function parsePosition(checkpoint: Checkpoint): RunPosition {
  return parseOrThrow(positionSchema, checkpoint.state, 'The checkpoint', 'run');
}

/** The position at the start of a run. */
export function startPosition(configuration: SettledConfiguration): RunPosition {
  const { seed, epochs, optimizer } = configuration.training;
  return {
    format: 1,
    epoch: 0,
    stepInEpoch: 0,
    step: 0,
    seed,
    epochs,
    learningRate: optimizer.learningRate,
    objectiveSum: 0,
    recentLosses: [],
    seconds: { train: 0, evaluate: 0 },
    changes: [],
  };
}
