import { open, type FileHandle } from 'node:fs/promises';
import { describeFileError } from '../../contract/fileErrors.ts';

const lineFeed = Buffer.from('\n');

/** Collects records and writes them in large pieces. */
export class RecordWriter {
  readonly #file: FileHandle;
  readonly #path: string;
  #pieces: Buffer[] = [];

  static async create(path: string): Promise<RecordWriter> {
    try {
      return new RecordWriter(await open(path, 'w'), path);
    } catch (error) {
      throw describeFileError(error, `write ${path}`);
    }
  }

  private constructor(file: FileHandle, path: string) {
    this.#file = file;
    this.#path = path;
  }

  add(buffer: Buffer, start: number, end: number): void {
    this.#pieces.push(buffer.subarray(start, end), lineFeed);
  }

  async flush(): Promise<void> {
    if (this.#pieces.length === 0) return;
    const all = Buffer.concat(this.#pieces);
    this.#pieces = [];
    try {
      await this.#file.appendFile(all);
    } catch (error) {
      throw describeFileError(error, `write ${this.#path}`);
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
