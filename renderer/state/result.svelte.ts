import type { SplitName } from '../../native/contract/results.ts';
import { isActive, type RunRecord, type RunSummary } from '../../native/contract/runRecord.ts';
import { priceOfPositivity } from '../logic/evidenceText.ts';
import { mentionedMethods } from '../logic/methodIds.ts';
import { sameDocument } from '../logic/sameDocument.ts';
import type { Answer, Connection } from './connection.svelte.ts';
import { LatestCall } from './latestCall.svelte.ts';
import type { RunTrace } from './trace.svelte.ts';
import type { Training } from './training.svelte.ts';

/** An unconstrained run on the same data, and what else it shares with the constrained one. */
interface Baseline {
  /** Folder of the run. */
  readonly run: string;
  readonly record: RunRecord;
  readonly sameNetwork: boolean;
  readonly sameTraining: boolean;
}

/** Run folders read at the same time. */
const foldersAtOnce = 8;
const similarity = ({ sameNetwork, sameTraining }: Baseline): number => Number(sameNetwork) * 2 + Number(sameTraining);
const fullSimilarity = 3;

/** Requests about one run's model: predictions, lowest rows, and an unconstrained run to compare with. */
export class ResultView {
  readonly trace: RunTrace;
  split = $state<SplitName>('test');
  target = $state('');
  readonly predictions = new LatestCall<Answer<'predictions'>>();
  readonly worst = new LatestCall<Answer<'worstRows'>>();
  baseline = $state.raw<Baseline | undefined>();
  /** Whether every possible baseline was checked. */
  searched = $state(false);
  /** An active or queued unconstrained run on the same data. */
  pending = $state.raw<RunSummary | undefined>();
  readonly #connection: Connection;
  #searching: AbortController | undefined;
  /** The unconstrained run started here, until it appears in the list of runs. */
  #started = $state<string | undefined>();
  readonly #records = new Map<string, RunRecord>();

  constructor(connection: Connection, trace: RunTrace) {
    this.#connection = connection;
    this.trace = trace;
    const splits = trace.result?.splits ?? {};
    this.split = splits.test !== undefined ? 'test' : splits.validation !== undefined ? 'validation' : 'train';
    this.target = splits.train?.outputs[0]?.name ?? '';
  }

  // Getters, not $derived: answers may arrive after the component is destroyed.
  get targets(): string[] {
    return (this.trace.result?.splits.train?.outputs ?? []).map((output) => output.name);
  }

  get price(): ReturnType<typeof priceOfPositivity> | undefined {
    const before = this.baseline?.record.result?.splits;
    const after = this.trace.result?.splits;
    return before === undefined || after === undefined ? undefined : priceOfPositivity(before, after);
  }

  loadPredictions(): Promise<boolean> {
    const request = { run: this.trace.run, split: this.split, limit: 3000 };
    return this.predictions.run((signal) => this.#connection.call('predictions', request, { signal }));
  }

  async loadWorst(): Promise<void> {
    if (this.target === '') return;
    const request = { run: this.trace.run, target: this.target, limit: 12 };
    await this.worst.run((signal) => this.#connection.call('worstRows', request, { signal }));
  }

  /** Finds the unconstrained run on the same data that is most similar to this one; the newest if several are. */
  async findBaseline(runs: readonly RunSummary[]): Promise<void> {
    this.stopSearch();
    const { configuration } = this.trace;
    if (configuration === undefined || configuration.constraint.method.id === mentionedMethods.none) return;
    const abort = (this.#searching = new AbortController());
    const source = runs.find(({ run }) => run === this.trace.run)?.source;
    const plain = runs.filter(
      (run) => run.method === mentionedMethods.none && (source === undefined || run.source === source),
    );
    const done = await this.#mostSimilar(
      plain.filter(({ splits }) => splits !== undefined),
      abort.signal,
    );
    const pending = await this.#mostSimilar(
      plain.filter(({ state }) => isActive(state)),
      abort.signal,
    );
    if (abort.signal.aborted) return;
    this.baseline = done;
    this.pending = plain.find(({ run }) => run === pending?.run);
    if (runs.some(({ run }) => run === this.#started)) this.#started = undefined;
    this.searched = true;
  }

  /** Cancels the search: its component is destroyed, or a new search starts. */
  stopSearch(): void {
    this.#searching?.abort();
  }

  /** Why no unconstrained run can be started now; `undefined` if one can. */
  get baselineReason(): string | undefined {
    if (this.#started === undefined && this.pending === undefined) return undefined;
    return this.pending?.state === 'queued'
      ? 'The unconstrained run waits for the one before it. Its figures appear here when it is done.'
      : 'The unconstrained run is being trained. Its figures appear here when it is done.';
  }

  /** Trains the same configuration without a constraint. */
  async trainBaseline(training: Pick<Training, 'start'>): Promise<void> {
    const { configuration } = this.trace;
    if (configuration === undefined || this.baselineReason !== undefined) return;
    const plain = structuredClone(configuration);
    plain.constraint.method = { id: mentionedMethods.none, settings: {} };
    delete plain.name;
    this.#started = '';
    this.#started = (await training.start(plain, false))?.run;
  }

  /** The run on the same data that is most similar to this one; the first if several are. */
  async #mostSimilar(runs: readonly RunSummary[], signal: AbortSignal): Promise<Baseline | undefined> {
    let best: Baseline | undefined;
    for (let from = 0; from < runs.length && !signal.aborted; from += foldersAtOnce) {
      const some = runs.slice(from, from + foldersAtOnce);
      for (const found of await Promise.all(some.map(({ run }) => this.#compare(run, signal)))) {
        if (found !== undefined && (best === undefined || similarity(found) > similarity(best))) best = found;
      }
      if (best !== undefined && similarity(best) === fullSimilarity) break;
    }
    return best;
  }

  async #compare(run: string, signal: AbortSignal): Promise<Baseline | undefined> {
    let record: RunRecord;
    try {
      record = this.#records.get(run) ?? (await this.#connection.call('runRecord', { run }, { signal }));
    } catch {
      // Damaged runs are left out.
      return undefined;
    }
    // A run with a result no longer changes.
    if (record.result !== undefined) this.#records.set(run, record);
    const { configuration: own, record: ownRecord } = this.trace;
    const other = record.configuration;
    if (own === undefined || !sameDocument(other.data, own.data)) return undefined;
    // The file's content may have changed between the runs.
    const [hash, otherHash] = [ownRecord?.data?.sha256, record.data?.sha256];
    if (hash !== undefined && otherHash !== undefined && hash !== otherHash) return undefined;
    return {
      run,
      record,
      sameNetwork: sameDocument(other.network, own.network),
      sameTraining: sameDocument(other.training, own.training),
    };
  }
}
