import path from 'node:path';
import type { Handlers } from '../contract/channel.ts';
import type { EngineCalls, EngineEvent } from '../contract/engine.ts';
import { OrthantError } from '../contract/errors.ts';
import { runsFolder } from '../system/folders.mjs';
import { checkConfiguration } from '../training/checkConfiguration.ts';
import { DataSets } from './dataSets.ts';
import { JobQueue } from './jobs.ts';
import { Library } from './library.ts';
import { modelHandlers } from './modelHandlers.ts';
import { createRunFolder, openForResume } from './runFolders.ts';
import { TrainJob } from './trainJob.ts';
import { PendingRunEnds } from './pendingRunEnds.ts';

/** The calls of the `train` role. The library is loaded when a call first needs it. */
export function trainHandlers(emit: (event: EngineEvent) => void): Partial<Handlers<EngineCalls>> {
  const library = new Library();
  const dataSets = new DataSets();
  const queue = new JobQueue<TrainJob>();
  const pendingRunEnds = new PendingRunEnds();

  const accept = (folder: TrainJob['folder'], resume: boolean): { run: string } => {
    const job = new TrainJob({ folder, resume, library, dataSets, pendingRunEnds, emit });
    pendingRunEnds.forget(folder.path);
    if (queue.current !== undefined) job.announceWaiting();
    queue.add(job);
    return { run: folder.path };
  };

  const find = (run: string): TrainJob => {
    const job = queue.find(path.resolve(run));
    if (job !== undefined) return job;
    throw new OrthantError('run', `The run in ${run} is not active here.`, { field: 'run' });
  };

  return {
    load: async (settings) => {
      // An active run keeps its library.
      if (queue.current === undefined) await library.open(settings);
      return {};
    },
    start: ({ configuration, out, changes }) => {
      checkConfiguration(configuration);
      return accept(createRunFolder(configuration, out, changes), false);
    },
    resumeRun: ({ run }) => {
      if (queue.find(path.resolve(run)) !== undefined) {
        throw new OrthantError('run', `The run in ${run} is active already.`, { field: 'run' });
      }
      return accept(openForResume(run), true);
    },
    pause: async ({ run }) => {
      await find(run).pause();
      return {};
    },
    resume: ({ run, change }) => {
      find(run).resume(change);
      return {};
    },
    oneEpoch: ({ run, change }) => {
      find(run).oneEpoch(change);
      return {};
    },
    stop: ({ run }) => {
      const job = find(run);
      if (queue.remove(job)) job.cancel();
      else job.stop();
      return {};
    },
    status: () => ({
      ...(queue.current === undefined ? {} : { current: queue.current.run, state: queue.current.state }),
      queued: queue.waiting.map(({ run }) => run),
    }),
    doctor: async () => {
      const { diagnose } = await import('../tensorflow/doctor.ts');
      return { ...(await diagnose()), runs: runsFolder() };
    },
    ...modelHandlers(library, dataSets),
  };
}
