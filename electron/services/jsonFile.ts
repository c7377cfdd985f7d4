import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { describeFileError } from '../../native/contract/fileErrors.ts';
import { writeFileAtomicAsync } from '../../native/system/files.mjs';

/**
 * A value stored in a JSON file. A file that is missing or not valid reads as the fallback: no stored value of the host is
 * worth a failed start. Changes are made one after the other.
 */
export class JsonFile<Schema extends z.ZodType> {
  readonly #file: string;
  readonly #schema: Schema;
  readonly #fallback: z.output<Schema>;
  readonly #mode: number;
  #last: Promise<unknown> = Promise.resolve();

  constructor(file: string, schema: Schema, fallback: z.output<Schema>, mode = 0o644) {
    this.#file = file;
    this.#schema = schema;
    this.#fallback = fallback;
    this.#mode = mode;
  }

  async read(): Promise<z.output<Schema>> {
    try {
      const parsed = this.#schema.safeParse(JSON.parse(await readFile(this.#file, 'utf8')));
      return parsed.success ? parsed.data : this.#fallback;
    } catch {
      return this.#fallback;
    }
  }

  /**
   * Replaces the value by the result of `change`.
   *
   * @throws OrthantError `file` when it cannot be written; the old value is then kept
   */
  update(change: (value: z.output<Schema>) => z.output<Schema>): Promise<void> {
    const next = this.#last.then(async () => {
      const text = JSON.stringify(change(await this.read()));
      await writeFileAtomicAsync(this.#file, text, this.#mode).catch((error: unknown) => {
        throw describeFileError(error, `write ${this.#file}`);
      });
    });
    // A change that failed was reported to its caller; it must not stop those after it.
    this.#last = next.catch(() => undefined);
    return next;
  }
}
