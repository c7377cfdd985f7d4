import type { ScheduleSettings } from '../../native/contract/configuration.ts';
import type { EpochMetrics } from '../../native/contract/results.ts';
import type { RunChange } from '../../native/contract/runs.ts';
import { formatNumber } from './format.ts';

/** Something that happened at an epoch, marked in the charts. */
export interface Mark {
  readonly kind: 'checkpoint' | 'best' | 'change';
  /** Epochs that were done when it happened. */
  readonly epoch: number;
  readonly label: string;
}

/** How each kind of mark looks, and what the kind is called. */
export const markKinds: Readonly<Record<Mark['kind'], { readonly symbol: string; readonly title: string }>> = {
  best: { symbol: '◆', title: 'best so far' },
  change: { symbol: '▲', title: 'setting changed' },
  checkpoint: { symbol: '▮', title: 'checkpoint' },
};

/** What is known of a run that its marks are made of. */
interface MarkedRun {
  readonly metrics: readonly EpochMetrics[];
  /** Epochs at which a checkpoint was written. */
  readonly checkpoints: readonly number[];
  /** Changes made while it was paused. */
  readonly changes: readonly RunChange[];
  readonly schedule: ScheduleSettings | undefined;
}

/** All marks of a run, in the order of their epochs. */
export function marksOf({ metrics, checkpoints, changes, schedule }: MarkedRun): Mark[] {
  const best = metrics.findLast((line) => line.best);
  const marks: Mark[] = [
    ...checkpoints.map((epoch): Mark => ({ kind: 'checkpoint', epoch, label: 'checkpoint' })),
    ...changes.map((change): Mark => {
      const epoch = metrics.findLast((line) => line.step <= change.step)?.epoch ?? 0;
      return { kind: 'change', epoch, label: textOf(change) };
    }),
    ...(schedule === undefined ? [] : scheduledDrops(metrics, schedule)),
    ...(best === undefined ? [] : [{ kind: 'best', epoch: best.epoch, label: 'best so far' } as const]),
  ];
  return marks.sort((a, b) => a.epoch - b.epoch);
}

function textOf({ learningRate, epochs, methodSettings = {} }: RunChange): string {
  return [
    learningRate === undefined ? [] : [`learning rate ${formatNumber(learningRate)}`],
    epochs === undefined ? [] : [`epochs ${epochs}`],
    Object.entries(methodSettings).map(([name, value]) => `${name} ${String(value)}`),
  ]
    .flat()
    .join(', ');
}

/** Where a schedule lowers the learning rate in steps, as it was measured; a rate that glides has no such places. */
function scheduledDrops(metrics: readonly EpochMetrics[], schedule: ScheduleSettings): Mark[] {
  if (schedule.id !== 'step') return [];
  const { everyEpochs } = schedule;
  return metrics.flatMap(({ epoch, learningRate }, index): Mark[] => {
    const before = metrics[index - 1];
    // The last border that lies before this epoch: of several that the kept epochs pass over, the one of this rate.
    const border = Math.floor((epoch - 1) / everyEpochs) * everyEpochs;
    return before === undefined || border < before.epoch || learningRate >= before.learningRate
      ? []
      : [{ kind: 'change', epoch: border, label: `learning rate ${formatNumber(learningRate)}` }];
  });
}

/** The marks within `reach` epochs of a place. */
export const marksNear = (marks: readonly Mark[], epoch: number, reach: number): Mark[] =>
  marks.filter((mark) => Math.abs(mark.epoch - epoch) <= reach);

/** Marks as text: "◆ best so far; ▲ learning rate 0.0005". */
export const marksText = (marks: readonly Mark[]): string =>
  [...new Set(marks.map(({ kind, label }) => `${markKinds[kind].symbol} ${label}`))].join('; ');
