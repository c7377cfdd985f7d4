import type { ScheduleSettings } from '../../native/contract/configuration.ts';
import type { EpochMetrics } from '../../native/contract/results.ts';
import type { RunChange } from '../../native/contract/runRecord.ts';
import { formatNumber } from './format.ts';

/** An event at an epoch, marked in the charts. */
export interface Mark {
  readonly kind: 'checkpoint' | 'best' | 'change';
  /** Number of completed epochs at the event. */
  readonly epoch: number;
  readonly label: string;
}

/** Symbol and title of each kind of mark. */
export const markKinds: Readonly<Record<Mark['kind'], { readonly symbol: string; readonly title: string }>> = {
  best: { symbol: '◆', title: 'best so far' },
  change: { symbol: '▲', title: 'setting changed' },
  checkpoint: { symbol: '▮', title: 'checkpoint' },
};

/** Data of a run from which its marks are derived. */
interface MarkedRun {
  readonly metrics: readonly EpochMetrics[];
  /** Epochs at which a checkpoint was written. */
  readonly checkpoints: readonly number[];
  /** Changes made while the run was paused. */
  readonly changes: readonly RunChange[];
  readonly schedule: ScheduleSettings | undefined;
}

/** All marks of a run, ordered by epoch. */
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

/** Measured drops of the learning rate of a step schedule; other schedules change it continuously. */
function scheduledDrops(metrics: readonly EpochMetrics[], schedule: ScheduleSettings): Mark[] {
  if (schedule.id !== 'step') return [];
  const { everyEpochs } = schedule;
  return metrics.flatMap(({ epoch, learningRate }, index): Mark[] => {
    const before = metrics[index - 1];
    // Kept epochs may skip several borders; the last one before this epoch set its rate.
    const border = Math.floor((epoch - 1) / everyEpochs) * everyEpochs;
    return before === undefined || border < before.epoch || learningRate >= before.learningRate
      ? []
      : [{ kind: 'change', epoch: border, label: `learning rate ${formatNumber(learningRate)}` }];
  });
}

/** The marks within `reach` epochs of an epoch. */
export const marksNear = (marks: readonly Mark[], epoch: number, reach: number): Mark[] =>
  marks.filter((mark) => Math.abs(mark.epoch - epoch) <= reach);

/** Marks as text: "◆ best so far; ▲ learning rate 0.0005". */
export const marksText = (marks: readonly Mark[]): string =>
  [...new Set(marks.map(({ kind, label }) => `${markKinds[kind].symbol} ${label}`))].join('; ');
