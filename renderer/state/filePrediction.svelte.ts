import type { Dialect } from '../../native/contract/configuration.ts';
import { toErrorMessage, type ErrorMessage } from '../../native/contract/errors.ts';
import { fileName } from '../logic/fileName.ts';
import type { Answer, Connection } from './connection.svelte.ts';
import type { Files } from './files.ts';
import { LatestCall } from './latestCall.svelte.ts';

/** The rows of a file of one's own, predicted by a run's model. */
export class FilePrediction {
  /** The file that was chosen last; everything below speaks of it. */
  path = $state('');
  answer = $state.raw<Answer<'predict'> | undefined>();
  /** Where all predictions were saved. */
  saved = $state('');
  /** How the file is written, as far as a person has said so. */
  dialect = $state.raw<Dialect>({});
  skipBadRows = $state(false);
  /** Share of the file that has been handed over, while it is. */
  upload = $state<number | undefined>();
  readonly #connection: Connection;
  readonly #files: Pick<Files, 'choose' | 'dropped' | 'output' | 'cancelUploads'>;
  readonly #model: string;
  readonly #call = new LatestCall<void>();

  /** @param dialect - to begin with: how the training data are written, which others like them mostly are, too */
  constructor(
    connection: Connection,
    files: Pick<Files, 'choose' | 'dropped' | 'output' | 'cancelUploads'>,
    model: string,
    dialect: Dialect = {},
  ) {
    this.#connection = connection;
    this.#files = files;
    this.#model = model;
    this.dialect = dialect;
  }

  get busy(): boolean {
    return this.#call.busy || this.upload !== undefined;
  }

  get error(): ErrorMessage | undefined {
    return this.#call.error;
  }

  get name(): string {
    return fileName(this.path);
  }

  /** Whether the file was refused for rows that can be left out. */
  get canGoOn(): boolean {
    return this.error?.field === 'skipBadRows' && !this.skipBadRows;
  }

  /** Asks for a file and predicts its rows. */
  choose(): Promise<void> {
    return this.#take((progress) => this.#files.choose('data', progress));
  }

  dropped(file: File): Promise<void> {
    return this.#take((progress) => this.#files.dropped(file, progress));
  }

  /** Predicts without the rows for which the file was refused. */
  goOn(): Promise<void> {
    this.skipBadRows = true;
    return this.again();
  }

  /** Reads the file in another way. */
  async readAs(change: Dialect): Promise<void> {
    this.dialect = { ...this.dialect, ...change };
    if (this.path !== '') await this.again();
  }

  /** Saves the predictions of all rows where the person wants them. */
  async save(): Promise<void> {
    this.saved = '';
    await this.#call.run(async (signal) => {
      const output = await this.#files.output('predictions.csv');
      if (output === undefined) return;
      this.answer = await this.#predict(signal, output.path);
      output.done();
      this.saved = output.place;
    });
  }

  /** Predicts the file once more, as it is to be read now. */
  async again(): Promise<void> {
    this.#forget();
    await this.#call.run(async (signal) => {
      this.answer = await this.#predict(signal);
    });
  }

  /** Gives up what is at work; what was there before a file was handed over or saved stays. */
  cancel(): void {
    if (this.upload !== undefined) this.#files.cancelUploads();
    if (this.answer === undefined) this.#call.cancel(`The rows of ${this.name} were not predicted: you cancelled it.`);
    else this.#call.stop();
  }

  async #take(choose: (progress: (share: number) => void) => Promise<string | undefined>): Promise<void> {
    let path: string | undefined;
    try {
      path = await choose((share) => {
        this.upload = share;
      });
    } catch (error) {
      this.#failed(error);
      return;
    } finally {
      this.upload = undefined;
    }
    if (path === undefined) return;
    this.path = path;
    this.skipBadRows = false;
    await this.again();
  }

  #predict(signal: AbortSignal, out?: string): Promise<Answer<'predict'>> {
    const { dialect, skipBadRows } = this;
    const table = { source: { kind: 'file', path: this.path } as const, dialect, skipBadRows };
    const request = { model: this.#model, table, limit: 200, ...(out === undefined ? {} : { out }) };
    return this.#connection.call('predict', request, { signal });
  }

  /** The next file could not be had; what was said of the last one would be taken for its. */
  #failed(error: unknown): void {
    const message = toErrorMessage(error);
    if (message.code === 'cancelled') return;
    this.#forget();
    this.path = '';
    this.#call.error = message;
  }

  /** What was said of another file, or of this one read in another way, holds no longer. */
  #forget(): void {
    this.#call.clear();
    this.answer = undefined;
    this.saved = '';
  }
}
