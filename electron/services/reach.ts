import type { DataSource } from '../../native/contract/configuration.ts';
import type { EngineCallName, ParsedRequest } from '../../native/contract/engine.ts';
import { isBelow } from './folders.ts';
import type { Host } from './host.ts';

/** What is demanded of a request before the engine gets it. */
export type Demands = {
  readonly [Name in EngineCallName]?: (request: ParsedRequest<Name>) => Promise<void> | void;
};

/**
 * How far a window reaches through the engine: to data and models that the person has opened, to the runs of this computer,
 * and to places that the person chose to write to. A page that went astray could otherwise read or overwrite any file of
 * theirs. Calls that name neither a file nor a run folder, or only a run in work, are not among these.
 *
 * Each throws an OrthantError that names the field at fault.
 */
export function demandsOf({ inputs, outputs, knownRuns, options }: Host): Demands {
  const run = (request: { run: string }): void => {
    knownRuns.demand(request.run, 'run');
  };
  const data = async (source: DataSource, field: string): Promise<void> => {
    if (source.kind === 'file') await inputs.demandData(source.path, `${field}.path`);
  };
  const table = ({ source }: { source: DataSource }): Promise<void> => data(source, 'source');
  const model = async (request: { model: string }): Promise<void> => {
    if (!knownRuns.has(request.model)) await inputs.demand(request.model, 'model');
  };
  return {
    inspect: table,
    rows: table,
    histogram: table,
    prepare: (request) => data(request.data.source, 'data.source'),
    runRecord: run,
    runMetrics: run,
    runCheckpoints: run,
    renameRun: run,
    deleteRun: run,
    restoreRun: ({ binned }) => {
      knownRuns.demand(binned, 'binned');
    },
    start: async ({ configuration, out }) => {
      if (out !== undefined && !isBelow(options.folders.runs, out)) outputs.demand(out, 'out');
      await data(configuration.data.source, 'configuration.data.source');
    },
    resumeRun: run,
    predictions: run,
    worstRows: run,
    export: (request) => {
      outputs.demand(request.out, 'out');
      run(request);
    },
    predict: async (request) => {
      if (request.out !== undefined) outputs.demand(request.out, 'out');
      await model(request);
      await data(request.table.source, 'table.source');
    },
    predictRow: model,
  };
}
