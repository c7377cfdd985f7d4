import type { TrainingSettings } from '../../native/contract/configuration.ts';
import type { DescribedSetting } from '../../native/contract/describedSetting.ts';
import { fixedReason } from './pausedChanges.ts';
import { plural } from './format.ts';
import { stepsText } from './trainingSteps.ts';

/** The form of the Train step: order of settings, and notes that depend on the rows, the run and the machine. */

const mainPaths = [
  'training.epochs',
  'training.batchSize',
  'training.loss',
  'training.tweediePower',
  'training.optimizer.id',
  'training.optimizer.learningRate',
  'training.schedule.id',
  'training.seed',
];
/** Order of the other settings: training, then schedule, optimizer and engine. */
const restOrder = [/^training\.[^.]+$/, /^training\.schedule\./, /^training\.optimizer\./, /^runtime\./];

interface Groups {
  readonly main: readonly DescribedSetting[];
  readonly more: readonly DescribedSetting[];
}

export function trainingGroups(settings: readonly DescribedSetting[]): Groups {
  const rest = settings.filter(({ path }) => !mainPaths.includes(path));
  return {
    main: mainPaths.flatMap((path) => settings.filter((setting) => setting.path === path)),
    more: restOrder.flatMap((pattern) => rest.filter(({ path }) => pattern.test(path))),
  };
}

interface Circumstances {
  readonly training: TrainingSettings;
  readonly paused: boolean;
  /** Completed epochs of the paused run. */
  readonly epochsDone: number;
  /** Rows of the training split, if known. */
  readonly rows: number | undefined;
  /** Name of the GPU that can train, if any. */
  readonly card: string | undefined;
}

interface Notes {
  readonly help?: string;
  readonly minimum?: number;
  readonly reason?: string | undefined;
  readonly optionReasons?: Readonly<Record<string, string>>;
}

/** Notes of the form about a setting, in addition to its description. */
export const trainingNotes =
  ({ training, paused, epochsDone, rows, card }: Circumstances) =>
  (setting: DescribedSetting): Notes => {
    const reason = paused ? fixedReason(setting) : undefined;
    switch (setting.path) {
      case 'training.epochs': {
        const steps = rows === undefined ? setting.help : stepsText(training, rows);
        return {
          minimum: Math.max(1, epochsDone),
          help: epochsDone > 0 ? `${plural(epochsDone, 'is', 'are')} done.` : steps,
        };
      }
      case 'training.optimizer.learningRate':
        return epochsDone === 0 ? {} : { help: 'The schedule continues from it.' };
      case 'runtime.device':
        return card === undefined
          ? { reason, optionReasons: { gpu: 'no card that could train was found' } }
          : { reason, help: card };
      case 'runtime.deterministic':
        return { reason: reason ?? (card === undefined ? 'The CPU engines always give them.' : undefined) };
      default:
        return { reason };
    }
  };
