import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { describeFailure, runCommand } from '../../../native/tensorflow/command.mjs';
import type { RunConfigurationInput } from '../../../native/contract/configuration.ts';
import type { TrainingResult } from '../../../native/contract/results.ts';
import { runRecordSchema } from '../../../native/contract/runs.ts';
import type { Application } from './application.ts';
import { withApplication } from './application.ts';
import type { Bench, BenchContext, Figure } from './figure.ts';
import { limited, median, range } from './figure.ts';
import { busyShare } from './machine.ts';
import { shortEpochs } from './tables.ts';

type Place = 'command line' | 'window hidden' | 'charts in view';
const sentSchema = z.object({ milliseconds: z.number(), messages: z.int() });
interface Sample {
  readonly result: TrainingResult;
  /** What the training process spent in sending events to the host. */
  readonly sent?: z.infer<typeof sentSchema>;
}
interface Case {
  readonly name: string;
  /** Written into `folder` where it needs a table. */
  readonly configuration: (folder: string, quick: boolean) => RunConfigurationInput;
}

const minutes = 60_000;
const targets = (...names: string[]): RunConfigurationInput['data']['columns'] =>
  Object.fromEntries(names.map((name) => [name, { role: 'target' as const }]));

const ink: Case = {
  name: 'ink, 784-784-784-2',
  configuration: (_, quick) => ({
    data: { source: { kind: 'sample', id: 'ink' }, columns: targets('top_left', 'bottom_right') },
    network: { hidden: [784, 784] },
    training: { epochs: quick ? 2 : 6 },
  }),
};
const diamonds: Case = {
  name: 'diamonds, 9-64-64-1',
  configuration: (_, quick) => ({
    data: { source: { kind: 'sample', id: 'diamonds' }, columns: targets('price') },
    constraint: { method: { id: 'none' } },
    // Some seconds of training: in a shorter run one hiccup of the machine is a per cent.
    training: { epochs: quick ? 10 : 100 },
  }),
};
const short: Case = {
  name: 'short epochs, eight steps each',
  configuration: (folder, quick) => shortEpochs(folder, quick ? 300 : 1500),
};

/**
 * Every order in which the places can come, each after its opposite: a machine that grows warm is not to be held against
 * one of them, nor what one leaves behind against the next.
 */
const orders: readonly (readonly Place[])[] = [
  ['command line', 'window hidden', 'charts in view'],
  ['charts in view', 'window hidden', 'command line'],
  ['window hidden', 'command line', 'charts in view'],
  ['charts in view', 'command line', 'window hidden'],
  ['window hidden', 'charts in view', 'command line'],
  ['command line', 'charts in view', 'window hidden'],
];
/** Above it, other programs decide what is measured: the window's engine gives way to them, the command line's does not. */
const mostBusy = 0.05;

/** What the window costs training: the same run from the command line, with the window hidden, and with charts in view. */
export const trainingCost: readonly Bench[] = [ink, diamonds, short].map((one) => ({
  name: `training cost, ${one.name}`,
  run: (context) => compare(context, one),
}));

async function compare(context: BenchContext, { name, configuration: make }: Case): Promise<Figure[]> {
  const configuration = (folder: string): RunConfigurationInput => make(folder, context.quick);
  const samples: Record<Place, Sample[]> = { 'command line': [], 'window hidden': [], 'charts in view': [] };
  const busy: number[] = [];
  for (const [round, places] of orders.slice(0, context.quick ? 2 : undefined).entries()) {
    busy.push(await busyShare());
    for (const place of places) {
      const folder = path.join(context.folder, `${name.split(/\W/)[0]}-${round}-${place.replaceAll(' ', '-')}`);
      samples[place].push(
        place === 'command line'
          ? await fromCommandLine(context, folder, configuration)
          : await fromWindow(folder, configuration, place),
      );
    }
  }
  const secondsOf = (place: Place): number[] => samples[place].map(({ result }) => result.seconds);
  const ratios = (place: Place): number[] =>
    secondsOf(place).map((seconds, round) => seconds / (secondsOf('command line')[round] ?? NaN));
  const percent = (ratio: number): number => 100 * (ratio - 1);
  const details = {
    ...Object.fromEntries(
      Object.entries(samples).map(([place, list]) => [
        place,
        list.map(({ result, sent }) => ({ seconds: result.seconds, phases: result.phases, steps: result.steps, sent })),
      ]),
    ),
    busy,
  };
  const sending = [...samples['charts in view'], ...samples['window hidden']].flatMap(({ result, sent }) =>
    sent === undefined ? [] : [(100 * sent.milliseconds) / (1000 * result.phases.train)],
  );
  if (sending.length === 0) throw new Error('The training process has not told what sending took.');
  const hidden = percent(median(ratios('window hidden')));
  const shown = percent(median(ratios('charts in view')));
  const others = Math.max(...busy);
  const doubt =
    others > mostBusy
      ? `; other programs took up to ${(100 * others).toFixed(0)} % of the processors: not to be trusted`
      : '';
  const each = (place: Place): string => `pairs ${range(ratios(place).map(percent))}${doubt}`;
  return [
    limited({
      name: `sending metrics, share of a step (${name})`,
      ...{ value: median(sending), below: 1, unit: '%', remark: range(sending), details },
    }),
    limited({
      name: `window hidden, slower than the command line (${name})`,
      ...{ value: hidden, below: 3, unit: '%', remark: each('window hidden'), details: {} },
    }),
    {
      name: `charts in view, slower than the command line (${name})`,
      target: 'printed',
      measured: `${shown.toFixed(1)} % (${each('charts in view')})`,
      details: {},
    },
  ];
}

async function fromCommandLine(
  { root }: BenchContext,
  folder: string,
  configuration: (folder: string) => RunConfigurationInput,
): Promise<Sample> {
  mkdirSync(path.join(folder, 'runs'), { recursive: true });
  const document = path.join(folder, 'bench.orthant');
  writeFileSync(document, JSON.stringify(configuration(folder)));
  const args = ['train', '--config', document, '--out', path.join(folder, 'runs', 'run'), '--json'];
  const result = await runCommand(process.execPath, [path.join(root, 'build/orthant.mjs'), ...args], {
    timeoutMs: 10 * minutes,
    cwd: root,
  });
  if (result.code !== 0) throw new Error(describeFailure('training from the command line', result));
  return { result: resultIn(path.join(folder, 'runs')) };
}

/** A host and a window of their own for each run, as the command line has an engine of its own. */
async function fromWindow(
  folder: string,
  configuration: (folder: string) => RunConfigurationInput,
  place: Place,
): Promise<Sample> {
  const probe = path.join(folder, 'sent.json');
  const environment = {
    ORTHANT_BENCH_PROBE: probe,
    NODE_OPTIONS: `--import ${pathToFileURL(path.join(import.meta.dirname, 'sendProbe.mjs')).href}`,
  };
  return withApplication({ folder, environment }, async (application) => {
    const { orthant } = application;
    await application.configure(configuration(folder), folder);
    await orthant.step('Train');
    // Before the run begins: none of it is to be trained in view.
    if (place === 'window hidden') await hide(application);
    await application.train();
    const sent = await told(probe);
    return { result: resultIn(path.join(folder, 'runs')), sent };
  });
}

/**
 * Tells the page that it is hidden, as a browser does. Playwright keeps every page visible for the browser itself: what
 * the page does not do for itself when hidden is done all the same, so the figure is rather too high.
 */
async function hide({ page }: Application): Promise<void> {
  await page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { value: 'hidden' });
    document.dispatchEvent(new Event('visibilitychange'));
  });
}

/** What the probe writes when the run has ended; asked for here, so as not to disturb the page. */
async function told(probe: string): Promise<NonNullable<Sample['sent']>> {
  const deadline = Date.now() + 10 * minutes;
  while (!existsSync(probe)) {
    if (Date.now() > deadline) throw new Error('The run did not end.');
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return sentSchema.parse(JSON.parse(readFileSync(probe, 'utf8')));
}

/** The result of the only run in a folder of runs. */
function resultIn(runs: string): TrainingResult {
  const [run = ''] = readdirSync(runs).filter((name) => !name.startsWith('.'));
  const { result } = runRecordSchema.parse(JSON.parse(readFileSync(path.join(runs, run, 'run.json'), 'utf8')));
  if (result === undefined) throw new Error(`The run in ${runs} has no result.`);
  return result;
}
