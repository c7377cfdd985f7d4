import { toErrorMessage, type ErrorMessage } from '../../native/contract/errors.ts';
import type { RunConfiguration } from '../../native/contract/configuration.ts';
import type { SplitName } from '../../native/contract/results.ts';
import type { RunRecord, RunSummary } from '../../native/contract/runs.ts';
import { priceOfPositivity } from '../logic/evidence.ts';
import type { Answer, Connection } from './connection.svelte.ts';
import type { RunTrace } from './trace.svelte.ts';

export interface Baseline {
  readonly record: RunRecord;
  readonly sameNetwork: boolean;
  readonly sameTraining: boolean;
}

/** Unconstrained runs looked at in search of one on the same data. */
const mostCandidates = 12;
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** What is asked about one run's model: predictions, its lowest rows, an unconstrained run to compare with. */
export class ResultView {
  readonly trace: RunTrace;
  split = $state<SplitName>('test');
  target = $state('');
  predictions = $state.raw<Answer<'predictions'> | undefined>();
  worst = $state.raw<Answer<'worstRows'> | undefined>();
  baseline = $state.raw<Baseline | undefined>();
  /** Whether a baseline was looked for. */
  searched = $state(false);
  predictionsError = $state.raw<ErrorMessage | undefined>();
  worstError = $state.raw<ErrorMessage | undefined>();
  readonly #connection: Connection;
  #predicting: AbortController | undefined;
  #ranking: AbortController | undefined;

  constructor(connection: Connection, trace: RunTrace) {
    this.#connection = connection;
    this.trace = trace;
    const splits = trace.result?.splits ?? {};
    this.split = splits.test !== undefined ? 'test' : splits.validation !== undefined ? 'validation' : 'train';
    this.target = splits.train?.outputs[0]?.name ?? '';
  }

  // Getters, not $derived: answers arrive when the component that asked may be gone.
  get targets(): string[] {
    return (this.trace.result?.splits.train?.outputs ?? []).map((output) => output.name);
  }

  get price(): ReturnType<typeof priceOfPositivity> | undefined {
    const before = this.baseline?.record.result?.splits;
    const after = this.trace.result?.splits;
    return before === undefined || after === undefined ? undefined : priceOfPositivity(before, after);
  }

  async loadPredictions(): Promise<void> {
    this.#predicting?.abort();
    const abort = (this.#predicting = new AbortController());
    this.predictionsError = undefined;
    try {
      const answer = await this.#connection.call(
        'predictions',
        { run: this.trace.run, split: this.split, limit: 3000 },
        { signal: abort.signal },
      );
      if (!abort.signal.aborted) this.predictions = answer;
    } catch (error) {
      if (!abort.signal.aborted) this.predictionsError = toErrorMessage(error);
    }
  }

  async loadWorst(): Promise<void> {
    if (this.target === '') return;
    this.#ranking?.abort();
    const abort = (this.#ranking = new AbortController());
    this.worstError = undefined;
    try {
      const answer = await this.#connection.call(
        'worstRows',
        { run: this.trace.run, target: this.target, limit: 12 },
        { signal: abort.signal },
      );
      if (!abort.signal.aborted) this.worst = answer;
    } catch (error) {
      if (!abort.signal.aborted) this.worstError = toErrorMessage(error);
    }
  }

  /** Finds the unconstrained run on the same data that is most like this one. */
  async findBaseline(runs: readonly RunSummary[]): Promise<void> {
    const { configuration } = this.trace;
    if (configuration === undefined || configuration.constraint.method.id === 'none') return;
    const candidates = runs.filter((run) => run.method === 'none' && run.splits !== undefined).slice(0, mostCandidates);
    const found = await Promise.all(candidates.map((run) => this.#compare(run.run, configuration)));
    const likeness = (baseline: Baseline): number => Number(baseline.sameNetwork) * 2 + Number(baseline.sameTraining);
    this.baseline = found.filter((baseline) => baseline !== undefined).sort((a, b) => likeness(b) - likeness(a))[0];
    this.searched = true;
  }

  async #compare(run: string, configuration: RunConfiguration): Promise<Baseline | undefined> {
    try {
      const record = await this.#connection.call('runRecord', { run });
      if (record.result === undefined || !same(record.configuration.data, configuration.data)) return undefined;
      return {
        record,
        sameNetwork: same(record.configuration.network, configuration.network),
        sameTraining: same(record.configuration.training, configuration.training),
      };
    } catch {
      // A damaged run cannot be compared with.
      return undefined;
    }
  }
}
