import { percentage } from '../base/figures.ts';
import { intervalBound, intervalEnds } from '../network/intervalEnds.ts';
import type { Model } from '../network/model.ts';
import type { GraphBuilder } from './graph.ts';
import type { GraphInterface } from './metadata.ts';
import type { ExportCheck } from './verify.ts';

/** The ends of prediction intervals as outputs of an ONNX graph. */

type TargetNames = GraphInterface['targets'][number];

/** Reserves the names of a target's two ends. */
export const reserveEnds = (graph: GraphBuilder, names: TargetNames): TargetNames => ({
  ...names,
  low: graph.reserve(`${names.output}_low`),
  high: graph.reserve(`${names.output}_high`),
});

/** Adds the outputs max(prediction -+ half width, bound) of the targets whose names are reserved. */
export function addIntervals(graph: GraphBuilder, model: Model, { targets }: GraphInterface): void {
  targets.forEach(({ output, target, low, high }, index) => {
    if (model.intervals === undefined || low === undefined || high === undefined) return;
    const { level, halfWidths } = model.intervals;
    const halfWidth = graph.floats(`${target}_half_width`, [1], Float32Array.of(halfWidths[index] ?? NaN));
    const bound = graph.floats(`${target}_bound`, [1], Float32Array.of(intervalBound(model.epsilon[index] ?? 0)));
    const end = (name: string, which: string, opType: 'Sub' | 'Add'): void => {
      const moved = graph.node(opType, `${name}_uncut`, [output, halfWidth]);
      graph.node('Max', name, [moved, bound], { outputs: [name] });
      graph.output(
        name,
        `${which} end of the ${percentage(level)} interval of "${target}"; see orthant.interval in the metadata`,
      );
    };
    end(low, 'Lower', 'Sub');
    end(high, 'Upper', 'Add');
  });
}

/** A check of a graph that also has interval outputs: they follow the predictions as if they were targets. */
export function withIntervalOutputs(
  model: Model,
  names: GraphInterface,
  check: ExportCheck,
): { readonly model: Pick<Model, 'schema'>; readonly names: GraphInterface; readonly check: ExportCheck } {
  const { intervals, schema, epsilon } = model;
  const ends = (['low', 'high'] as const).map((end) => names.targets.flatMap((target) => target[end] ?? []));
  if (intervals === undefined || ends[0]?.length === 0) return { model, names, check };
  const outputs = [names.targets.map(({ output }) => output), ...ends].flat();
  const { low, high } = intervalEnds(check.predictions, intervals.halfWidths, epsilon);
  const width = schema.targets.length;
  const expected = Array.from({ length: check.rows }, (_, row) =>
    [check.predictions, low, high].flatMap((values) => schema.targets.map((_, i) => values[row * width + i] ?? NaN)),
  );
  const each = <Item>(items: readonly Item[]): Item[] => outputs.flatMap((_, i) => items[i % width] ?? []);
  return {
    model: {
      schema: { ...schema, targets: each(schema.targets).map((target, i) => ({ ...target, name: outputs[i] ?? '' })) },
    },
    names: { ...names, targets: outputs.map((output) => ({ output, target: output })) },
    check: {
      ...check,
      predictions: expected.flat(),
      ...(check.targetDeviations === undefined ? {} : { targetDeviations: each(check.targetDeviations) }),
    },
  };
}
