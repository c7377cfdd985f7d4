import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { CDPSession, Page } from 'playwright';
import { epochMetricsSchema } from '../../../native/contract/results.ts';
import type { WindowEvent } from '../../../native/contract/window.ts';
import { withApplication } from './application.ts';
import type { Bench } from './figure.ts';
import { shortEpochs } from './tables.ts';

/** What is on the page's heap once all that can be given back is. */
interface Look {
  /** Minutes of training that have passed as the window sees it. */
  readonly minute: number;
  readonly bytes: number;
  readonly nodes: number;
  readonly listeners: number;
}

type Metrics = Extract<WindowEvent, { event: 'metrics' }>;

/** The engine says where it stands 20 times a second, and nobody's epochs are worth watching that are shorter than one. */
const perSecond = 20;
const minutes = 60;
/** Seconds of training, a message each, that come in one frame. */
const secondsAtOnce = 5;
const megabytes = (bytes: number): number => Math.round(bytes / 1e5) / 10;

declare global {
  var orthantSockets: WebSocket[] | undefined;
}

/**
 * The messages of a run of one hour, in a minute or two: a real run is paused after its first epochs, and the window is
 * given what the host would send if it went on, on the socket that the host speaks on.
 */
export const memory: Bench = {
  name: 'memory',
  run: async ({ folder, quick }) => {
    const looks: Look[] = [];
    const step = quick ? 10 : 5;
    await withApplication({ folder, prepare: keepSockets }, async (application) => {
      const { orthant, page, tools } = application;
      const epochs = minutes * 60;
      await application.configure(shortEpochs(folder, epochs), folder);
      await orthant.step('Train');
      await application.train();
      await orthant.training.toFirstEpoch();
      await orthant.training.pause();
      const last = lastMetrics(path.join(folder, 'runs'));
      const { run } = last;
      await tools.send('HeapProfiler.enable');
      await tools.send('Performance.enable');
      await deliver(page, [[{ event: 'phase', run, state: 'training', message: 'training' }]]);
      let { epoch } = last.metrics;
      const end = epoch + epochs;
      for (let minute = 0; minute < minutes; minute++) {
        if (minute % step === 0) looks.push(await look(tools, minute));
        for (let second = 0; second < 60; second += secondsAtOnce) {
          const next = Array.from({ length: secondsAtOnce }, () => eventsOfSecond(last, ++epoch, end));
          await deliver(page, next);
        }
      }
      looks.push(await look(tools, minutes));
      const status = (await orthant.training.status.textContent()) ?? '';
      if (!status.replaceAll(',', '').includes(`epoch ${epoch}/`))
        throw new Error(`The window stands elsewhere: ${status}`);
    });
    // What loads and compiles in the first minutes stays; a leak goes on.
    const later = looks.slice(1);
    const perHour = slope(later.map(({ minute, bytes }) => [minute / 60, bytes]));
    const [first, end] = [later[0], later.at(-1)];
    const nodes = (end?.nodes ?? 0) - (first?.nodes ?? 0);
    return [
      {
        name: 'renderer memory over a run of one hour (3,600 epochs, 72,000 reports of progress), JS heap after collection',
        target: 'flat: < 10 MB/h',
        measured: `${megabytes(perHour)} MB/h (${megabytes(first?.bytes ?? 0)} to ${megabytes(end?.bytes ?? 0)} MB; DOM nodes ${nodes >= 0 ? '+' : ''}${nodes})`,
        reached: perHour < 10e6 && Math.abs(nodes) < 500,
        details: { looks },
      },
    ];
  },
};

/** Has a page that is about to be opened keep the sockets it opens. */
async function keepSockets(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const sockets: WebSocket[] = [];
    globalThis.orthantSockets = sockets;
    const Original = WebSocket;
    globalThis.WebSocket = class extends Original {
      constructor(address: string | URL) {
        super(address);
        sockets.push(this);
      }
    };
  });
}

/** Hands the window messages of some events each, and waits until it has drawn a frame: none may pile up. */
async function deliver(page: Page, messages: readonly (readonly WindowEvent[])[]): Promise<void> {
  await page.evaluate(
    async (texts) => {
      const socket = globalThis.orthantSockets?.at(-1);
      for (const data of texts) {
        socket?.dispatchEvent(new MessageEvent('message', { data }));
        // As after every message: what follows from it is worked out before the next one.
        await Promise.resolve();
      }
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    },
    messages.map((event) => JSON.stringify({ kind: 'event', event })),
  );
}

/** The last epoch of the only run in a folder of runs, as the event that told of it. */
function lastMetrics(runs: string): Metrics {
  const [name = ''] = readdirSync(runs).filter((entry) => !entry.startsWith('.'));
  const run = path.join(runs, name);
  const line = readFileSync(path.join(run, 'metrics.jsonl'), 'utf8').trimEnd().split('\n').at(-1) ?? '';
  return { event: 'metrics', run, metrics: epochMetricsSchema.parse(JSON.parse(line)) };
}

/** What the engine sends in a second: where it stands, and an epoch with its checkpoint. */
function eventsOfSecond({ run, metrics }: Metrics, epoch: number, epochs: number): WindowEvent[] {
  const steps = epochs * perSecond;
  const progress = Array.from({ length: perSecond }, (_, part): WindowEvent => {
    const step = (epoch - 1) * perSecond + part + 1;
    const objective = 0.1 + Math.exp(-step / 20_000) * (1 + 0.1 * Math.sin(step));
    return { event: 'progress', run, epoch, epochs, step, steps, objective, secondsLeft: (steps - step) / perSecond };
  });
  const shift = 1 + 0.1 * Math.sin(epoch);
  const splits = Object.fromEntries(
    Object.entries(metrics.splits).map(([name, report]) => [
      name,
      {
        ...report,
        loss: report.loss * shift,
        outputs: report.outputs.map((output) => ({ ...output, minimum: output.minimum * shift })),
      },
    ]),
  ) as Metrics['metrics']['splits'];
  const next = { ...metrics, epoch, step: epoch * perSecond, seconds: epoch, splits, best: epoch % 7 === 0 };
  return [...progress, { event: 'metrics', run, metrics: next }, { event: 'checkpoint', run, epoch, step: next.step }];
}

async function look(tools: CDPSession, minute: number): Promise<Look> {
  for (let time = 0; time < 3; time++) await tools.send('HeapProfiler.collectGarbage');
  const { metrics } = await tools.send('Performance.getMetrics');
  const value = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? NaN;
  return { minute, bytes: value('JSHeapUsedSize'), nodes: value('Nodes'), listeners: value('JSEventListeners') };
}

/** Of the straight line nearest to the points, by least squares. */
function slope(points: readonly (readonly [number, number])[]): number {
  const mean = (index: 0 | 1): number => points.reduce((sum, point) => sum + point[index], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const [covariance, variance] = points.reduce(
    ([both, own], point) => [both + (point[0] - x) * (point[1] - y), own + (point[0] - x) ** 2],
    [0, 0],
  );
  return covariance / variance;
}
