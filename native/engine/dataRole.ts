import { describeConfiguration } from '../contract/describeSettings.ts';
import type { Handlers } from '../contract/channel.ts';
import type { EngineCalls } from '../contract/engine.ts';
import { fewEpochs } from '../base/evenly.ts';
import { describeMethods } from '../constraints/registry.ts';
import { deleteRun, restoreRun } from '../runs/bin.ts';
import { RunFolder } from '../runs/folder.ts';
import { currentState, listRuns } from '../runs/list.ts';
import { runsFolder } from '../system/folders.mjs';
import { checkConfiguration } from '../training/checkConfiguration.ts';

/** The calls of the `data` role. The modules that open tables are loaded when first needed. */
export function dataHandlers(): Partial<Handlers<EngineCalls>> {
  return {
    samples: async () => (await import('../data/samples.ts')).listSamples(),
    sampleConfiguration: async ({ id }) => (await import('../data/samples.ts')).sampleConfiguration(id),
    inspect: async (request, { signal }) => (await import('../data/inspect.ts')).inspectTable(request, signal),
    rows: async ({ offset, limit, ...request }, { signal }) =>
      (await import('../data/page.ts')).tableRows(request, offset, limit, signal),
    histogram: async ({ column, bins, ...request }, { signal }) =>
      (await import('../data/histogram.ts')).columnHistogram(request, column, bins, signal),
    prepare: async ({ data }, { signal }) => (await import('../data/prepare.ts')).previewPreparation(data, signal),

    methods: () => describeMethods(),
    settings: () => describeConfiguration(),
    check: ({ configuration }) => checkConfiguration(configuration),
    trainEnvironment: async (settings) => {
      const { engineEnvironment } = await import('../tensorflow/environment.ts');
      return engineEnvironment(process.env, settings);
    },

    runs: () => listRuns(runsFolder()),
    runRecord: ({ run }) => presentRecord(RunFolder.open(run)),
    runMetrics: ({ run, most = Infinity }) => [...fewEpochs(RunFolder.open(run).readMetrics(), most)],
    runCheckpoints: ({ run }) => [...RunFolder.open(run).listCheckpoints()],
    renameRun: ({ run, name }) => {
      const folder = RunFolder.open(run);
      folder.update({ name });
      return presentRecord(folder);
    },
    deleteRun: ({ run }) => ({ binned: deleteRun(run) }),
    restoreRun: ({ binned }) => ({ run: restoreRun(binned) }),
  };
}

/** The record with its current state, also if the run's process is gone. */
function presentRecord(folder: RunFolder): ReturnType<RunFolder['read']> {
  const record = folder.read();
  return { ...record, state: currentState(record) };
}
