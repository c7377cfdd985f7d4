import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import type { RunConfigurationInput } from '../../../native/contract/configuration.ts';
import type { TrainingResult } from '../../../native/contract/results.ts';
import { runRecordSchema } from '../../../native/contract/runs.ts';
import { Application } from './application.ts';
import { within, type Player, type Turn } from './turns.ts';

/** How a run is led. */
export type Place = 'command line' | 'window hidden' | 'charts in view';
const timeSchema = z.object({ from: z.number(), to: z.number() });
/** What the probe in the training process writes when the run has ended. */
const notedSchema = z.object({ training: z.number(), ended: z.number(), sending: z.array(timeSchema) });
export interface Sample {
  readonly result: TrainingResult;
  /** Seconds from the first step to the end, but for those in which the run stood still. */
  readonly training: number;
  /** Seconds of them that went into sending events. */
  readonly sending: number;
  readonly messages: number;
}
/** The same run in one of the places, each with an engine of its own. */
export interface Contender extends Player {
  /** What was measured, once it has ended. */
  readonly sample: (turns: readonly Turn[]) => Sample;
  readonly close: () => Promise<void>;
}
/** Milliseconds. */
const patience = { beginning: 60_000, ending: 600_000 };

/**
 * Makes ready a run in a place.
 *
 * @param folder - for all that is written
 */
export function contender(
  place: Place,
  { root, folder, configuration }: { root: string; folder: string; configuration: RunConfigurationInput },
): Contender {
  mkdirSync(probeIn(folder), { recursive: true });
  mkdirSync(runsIn(folder), { recursive: true });
  return {
    ...(place === 'command line'
      ? fromCommandLine(root, folder, configuration)
      : fromWindow(folder, configuration, place)),
    sample: (turns) => sampleIn(folder, turns),
  };
}

type Running = Omit<Contender, 'sample'>;

function fromCommandLine(root: string, folder: string, configuration: RunConfigurationInput): Running {
  const document = path.join(folder, 'bench.orthant');
  const args = ['train', '--config', document, '--out', path.join(runsIn(folder), 'run'), '--json'];
  let program: ChildProcess | undefined;
  let said = '';
  return {
    start: async () => {
      writeFileSync(document, JSON.stringify(configuration));
      const started = spawn(process.execPath, [path.join(root, 'build/orthant.mjs'), ...args], {
        ...{ cwd: root, env: { ...process.env, ...probing(folder) }, stdio: ['ignore', 'ignore', 'pipe'] },
      });
      program = started;
      started.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
      await begun(folder);
      return started.pid === undefined ? [] : [started.pid];
    },
    hasEnded: () => {
      if (hasWritten(folder, 'ended')) return true;
      if (program?.exitCode === null && program.signalCode === null) return false;
      throw new Error(`The run from the command line has failed: ${said}`);
    },
    close: async () => {
      if (program?.exitCode === null && program.signalCode === null) await once(program, 'exit');
    },
  };
}

/** A host and a window of its own, as the command line has an engine of its own. */
function fromWindow(folder: string, configuration: RunConfigurationInput, place: Place): Running {
  let application: Application | undefined;
  const deadline = Date.now() + patience.ending;
  return {
    start: async () => {
      application = await Application.open({ folder, environment: probing(folder) });
      await application.configure(configuration, folder);
      await application.orthant.step('Train');
      await application.train();
      if (place === 'window hidden') await application.minimize();
      await begun(folder);
      return application.processes;
    },
    hasEnded: () => {
      if (Date.now() > deadline) throw new Error(`The run in ${folder} does not end.`);
      return hasWritten(folder, 'ended');
    },
    close: async () => application?.close(),
  };
}

const runsIn = (folder: string): string => path.join(folder, 'runs');
const probeIn = (folder: string): string => path.join(folder, 'probe');
const probing = (folder: string): Record<string, string> => ({
  ORTHANT_BENCH_PROBE: probeIn(folder),
  NODE_OPTIONS: `--import ${pathToFileURL(path.join(import.meta.dirname, 'sendProbe.mjs')).href}`,
});
const hasWritten = (folder: string, moment: 'begun' | 'ended'): boolean =>
  existsSync(path.join(probeIn(folder), moment));

/** Resolves when the run has begun: asked for here, so as not to disturb the page. */
async function begun(folder: string): Promise<void> {
  const deadline = Date.now() + patience.beginning;
  while (!hasWritten(folder, 'begun')) {
    if (Date.now() > deadline) throw new Error('The run has not begun.');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function sampleIn(folder: string, turns: readonly Turn[]): Sample {
  const noted = notedSchema.parse(JSON.parse(readFileSync(path.join(probeIn(folder), 'ended'), 'utf8')));
  const [run = ''] = readdirSync(runsIn(folder)).filter((name) => !name.startsWith('.'));
  const record = readFileSync(path.join(runsIn(folder), run, 'run.json'), 'utf8');
  const { result } = runRecordSchema.parse(JSON.parse(record));
  if (result === undefined) throw new Error(`The run in ${folder} has no result.`);
  const training = { from: noted.training, to: noted.ended };
  const sent = noted.sending.filter(({ from }) => from >= training.from);
  return {
    result,
    training: within(turns, training) / 1000,
    sending: sent.reduce((sum, time) => sum + within(turns, time), 0) / 1000,
    messages: sent.length,
  };
}
