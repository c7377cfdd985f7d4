import type { SettledConfiguration } from '../contract/configuration.ts';
import type { RunRecord } from '../contract/runRecord.ts';
import type { DataSet } from '../data/dataset.ts';
import { factsOf, settle } from '../training/automatic.ts';
import { checkConfiguration } from '../training/checkConfiguration.ts';
import { runName } from './runFolders.ts';

/** The parts of a run's record that its data decide. */
export interface SettledRun extends Required<Pick<RunRecord, 'name' | 'chosen'>> {
  readonly configuration: SettledConfiguration;
}

/**
 * Settles the configuration of a run whose data have been read. That of a resumed run is settled already; `chosen` then
 * still says what was chosen when it began.
 *
 * @throws OrthantError `configuration` if the parts of the settled configuration do not fit each other
 */
export function settleRun({ configuration: asked, name, chosen: before }: RunRecord, dataset: DataSet): SettledRun {
  const { configuration, chosen } = settle(asked, factsOf(dataset));
  checkConfiguration(configuration);
  // The name that nobody chose names the method.
  return {
    configuration,
    chosen: { ...before, ...chosen },
    name: name === runName(asked) ? runName(configuration) : name,
  };
}
