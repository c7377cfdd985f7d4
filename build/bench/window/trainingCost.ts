import path from 'node:path';
import type { RunConfigurationInput } from '../../../native/contract/configuration.ts';
import { digits, meanRatio } from '../statistics.mjs';
import { contender, type Contender, type Place, type Sample } from './contenders.ts';
import type { Bench, BenchContext, Figure } from './figure.ts';
import { limited, median, range } from './figure.ts';
import { busyShare } from './machine.ts';
import { shortEpochs } from './tables.ts';
import { takeTurns } from './turns.ts';

interface Case {
  readonly name: string;
  /** Written into `folder` where it needs a table. */
  readonly configuration: (folder: string, quick: boolean) => RunConfigurationInput;
}

const targets = (...names: string[]): RunConfigurationInput['data']['columns'] =>
  Object.fromEntries(names.map((name) => [name, { role: 'target' as const }]));

const ink: Case = {
  name: 'ink, 784-784-784-2',
  configuration: (_, quick) => ({
    data: { source: { kind: 'sample', id: 'ink' }, columns: targets('top_left', 'bottom_right') },
    network: { hidden: [784, 784] },
    training: { epochs: quick ? 3 : 8 },
  }),
};
const diamonds: Case = {
  name: 'diamonds, 9-64-64-1',
  configuration: (_, quick) => ({
    data: { source: { kind: 'sample', id: 'diamonds' }, columns: targets('price') },
    constraint: { method: { id: 'none' } },
    training: { epochs: quick ? 40 : 120 },
  }),
};
const short: Case = {
  name: 'short epochs, eight steps each',
  configuration: (folder, quick) => shortEpochs(folder, quick ? 300 : 1500),
};

/** How each is compared with the command line: in pairs of runs that take turns. */
const comparisons = {
  // Equal runs differ by some per cent, however equal their circumstances: where their memory happens to lie is enough.
  'window hidden': { pairs: 8, turnMs: 200 },
  // In long turns: what is in view first draws what it could not while it stood still, and without turns it would not.
  'charts in view': { pairs: 3, turnMs: 1000 },
} as const;
/** Above it, other programs decide what is measured: the window's engine gives way to them, the command line's does not. */
const mostBusy = 0.05;

/**
 * What the window costs training: the same run from the command line and from a window, once hidden and once with its
 * charts in view.
 */
export const trainingCost: readonly Bench[] = [ink, diamonds, short].map((one) => ({
  name: `training cost, ${one.name}`,
  run: async (context) => {
    const [hidden, inView] = [
      await compare(context, one, 'window hidden'),
      await compare(context, one, 'charts in view'),
    ];
    const sending = [...hidden, ...inView].map(({ window }) => (100 * window.sending) / window.training);
    return [
      limited({
        name: `sending metrics, share of a step (${one.name})`,
        ...{ value: median(sending), below: 1, unit: '%', remark: range(sending), details: {} },
      }),
      limited({
        name: `window hidden, slower than the command line (${one.name})`,
        ...{ ...slower(hidden), below: 3, unit: '%', details: { pairs: hidden } },
      }),
      printed(`charts in view, slower than the command line (${one.name})`, slower(inView), { pairs: inView }),
    ];
  },
}));

/** The same run from the command line and from a window, made side by side. */
interface Pair {
  readonly commandLine: Sample;
  readonly window: Sample;
  /** Share of the processors that was taken before either began. */
  readonly busy: number;
}

async function compare(context: BenchContext, one: Case, place: keyof typeof comparisons): Promise<Pair[]> {
  const { pairs, turnMs } = comparisons[place];
  const measured: Pair[] = [];
  for (let pair = 0; pair < (context.quick ? 1 : pairs); pair++) {
    const busy = await busyShare();
    const at = (where: Place): Contender => {
      const folder = path.join(context.folder, [one.name, where, place, pair].join(' ').replaceAll(/\W+/g, '-'));
      return contender(where, { root: context.root, folder, configuration: one.configuration(folder, context.quick) });
    };
    const [commandLine, window] = [at('command line'), at(place)];
    try {
      // Whoever begins stands still for longest before it trains.
      const players = pair % 2 === 0 ? [commandLine, window] : [window, commandLine];
      const turns = await takeTurns(players, turnMs);
      const sampleOf = (contender: Contender): Sample => contender.sample(turns[players.indexOf(contender)] ?? []);
      measured.push({ commandLine: sampleOf(commandLine), window: sampleOf(window), busy });
    } finally {
      await window.close();
      await commandLine.close();
    }
  }
  return measured;
}

/** By how many per cent the window's runs took longer, with what says how sure that is. */
function slower(pairs: readonly Pair[]): { value: number; remark: string } {
  const percent = (ratio: number): number => 100 * (ratio - 1);
  const { ratio, error, least, most } = meanRatio(
    pairs.map(({ window }) => window.training),
    pairs.map(({ commandLine }) => commandLine.training),
  );
  const others = Math.max(...pairs.map(({ busy }) => busy));
  const doubt =
    others > mostBusy
      ? `; other programs took up to ${(100 * others).toFixed(0)} % of the processors: not to be trusted`
      : '';
  const spread = `pairs ${digits(percent(least))} to ${digits(percent(most))}`;
  return {
    value: percent(ratio),
    remark: `${pairs.length > 1 ? `standard error ${digits(100 * error)}, ${spread}` : 'one pair'}${doubt}`,
  };
}

const printed = (name: string, { value, remark }: ReturnType<typeof slower>, details: object): Figure => ({
  ...{ name, target: 'printed', measured: `${digits(value)} % (${remark})`, details },
});
