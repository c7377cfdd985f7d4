import type { Dialect } from '../../native/contract/configuration.ts';
import { toErrorMessage, type ErrorMessage } from '../../native/contract/errors.ts';
import { fileName } from '../logic/fileName.ts';
import type { Answer, Connection } from './connection.svelte.ts';
import type { Files } from './fileAccess.ts';
import { LatestCall } from './latestCall.svelte.ts';

/** Predictions of a run's model for the rows of the user's file. */
export class FilePrediction {
  /** The file chosen last; all properties below refer to it. */
  path = $state('');
  answer = $state.raw<Answer<'predict'> | undefined>();
  /** Place where all predictions were saved. */
  saved = $state('');
  /** Dialect settings of the file that the user has set. */
  dialect = $state.raw<Dialect>({});
  skipBadRows = $state(false);
  /** Uploaded share of the file, 0 to 1, during the upload. */
  upload = $state<number | undefined>();
  readonly #connection: Connection;
  readonly #files: Pick<Files, 'choose' | 'dropped' | 'output' | 'cancelUploads'>;
  readonly #model: string;
  readonly #call = new LatestCall<void>();

  /** @param dialect - initial dialect: that of the training data, which similar files usually share */
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

  /** Whether the file was refused for bad rows that can be skipped. */
  get canSkipRows(): boolean {
    return this.error?.field === 'skipBadRows' && !this.skipBadRows;
  }

  /** Lets the user choose a file and predicts its rows. */
  choose(): Promise<void> {
    return this.#take((progress) => this.#files.choose('data', progress));
  }

  dropped(file: File): Promise<void> {
    return this.#take((progress) => this.#files.dropped(file, progress));
  }

  /** Predicts without the bad rows. */
  skipRows(): Promise<void> {
    this.skipBadRows = true;
    return this.again();
  }

  /** Reads the file with other dialect settings. */
  async readAs(change: Dialect): Promise<void> {
    this.dialect = { ...this.dialect, ...change };
    if (this.path !== '') await this.again();
  }

  /** Saves the predictions of all rows in a file that the user chooses. */
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

  /** Predicts the file again with the current settings. */
  async again(): Promise<void> {
    this.#forget();
    await this.#call.run(async (signal) => {
      this.answer = await this.#predict(signal);
    });
  }

  /** Cancels the upload or the prediction; results from before stay. */
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

  /** Loading failed: clears the previous file's results, so that they are not mistaken for this one's. */
  #failed(error: unknown): void {
    const message = toErrorMessage(error);
    if (message.code === 'cancelled') return;
    this.#forget();
    this.path = '';
    this.#call.error = message;
  }

  /** Clears the results of another file or other settings. */
  #forget(): void {
    this.#call.clear();
    this.answer = undefined;
    this.saved = '';
  }
}
