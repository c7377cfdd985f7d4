import { OrthantError } from '../../native/contract/errors.ts';
import { dataFileEndings } from '../../native/contract/fileFormats.ts';
import { browserHostPaths, type FileKind, type WindowBridge } from '../../native/contract/window.ts';
import { z } from 'zod';
import { saveAs } from '../logic/saveAs.ts';
import type { Connection } from './connection.svelte.ts';

const accepted: Record<FileKind, string> = {
  data: [...dataFileEndings.map((ending) => `.${ending}`), '*'].join(),
  configuration: '.orthant,.json',
};

/** Destination of an exported file. */
interface Output {
  readonly path: string;
  /** Destination as text for the user: a path, or the browser's downloads. */
  readonly place: string;
  /** The caller calls this when the file is written. */
  done(): void;
}

/** Files in and out: system dialogs in Electron, upload and download in the browser host. */
export class Files {
  readonly #connection: Connection;
  readonly #bridge: WindowBridge | undefined;
  readonly #uploads = new Set<AbortController>();

  constructor(connection: Connection, bridge: WindowBridge | undefined) {
    this.#connection = connection;
    this.#bridge = bridge;
  }

  /** Lets the user choose a file; `undefined` if the user cancels. `onProgress` gets the uploaded share, 0 to 1. */
  async choose(kind: FileKind, onProgress: (share: number) => void): Promise<string | undefined> {
    if (this.#bridge !== undefined) return (await this.#connection.call('chooseFile', { kind })).path;
    const file = await pick(accepted[kind]);
    return file === undefined ? undefined : this.#upload(file, onProgress);
  }

  /** Path of a file dropped on the window. */
  async dropped(file: File, onProgress: (share: number) => void): Promise<string> {
    return this.#bridge === undefined ? this.#upload(file, onProgress) : this.#bridge.pathOfFile(file);
  }

  /** Cancels the uploads; their callers get the error `cancelled`. */
  cancelUploads(): void {
    for (const abort of this.#uploads) abort.abort();
  }

  /** Lets the user choose a file to write; `undefined` if the user cancels. */
  async output(suggestedName: string): Promise<Output | undefined> {
    const { path, download } = await this.#connection.call('chooseOutput', { suggestedName });
    if (path === undefined) return undefined;
    return {
      path,
      place: download === undefined ? path : `${suggestedName} in your browser's downloads`,
      done: () => {
        if (download !== undefined) saveAs(download, suggestedName);
      },
    };
  }

  /**
   * Writes text to a file that the user chooses, or to `known` in Electron. The browser host ignores `known`, which is
   * the path of the uploaded copy there and means nothing to the user.
   */
  async saveText(suggestedName: string, text: string, known?: string): Promise<Output | undefined> {
    const output =
      known === undefined || this.#bridge === undefined
        ? await this.output(suggestedName)
        : { path: known, place: known, done: () => undefined };
    if (output === undefined) return undefined;
    await this.#connection.call('writeDocument', { path: output.path, text });
    output.done();
    return output;
  }

  async #upload(file: File, onProgress: (share: number) => void): Promise<string> {
    const abort = new AbortController();
    this.#uploads.add(abort);
    try {
      return await upload(file, onProgress, abort.signal);
    } finally {
      this.#uploads.delete(abort);
    }
  }
}

function pick(accept: string): Promise<File | undefined> {
  return new Promise((resolve) => {
    const input = document.createElement('input');
    input.type = 'file';
    input.accept = accept;
    input.addEventListener('change', () => {
      resolve(input.files?.[0]);
    });
    input.addEventListener('cancel', () => {
      resolve(undefined);
    });
    input.click();
  });
}

const uploadedSchema = z.object({ path: z.string() });
const refusedSchema = z.object({ message: z.string() });

function upload(file: File, onProgress: (share: number) => void, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    // fetch() does not report upload progress.
    const request = new XMLHttpRequest();
    request.open('POST', `${browserHostPaths.upload}?name=${encodeURIComponent(file.name)}`);
    request.responseType = 'json';
    request.upload.addEventListener('progress', (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    });
    const refused = (): void => {
      const answer = refusedSchema.safeParse(request.response);
      const reason = answer.success
        ? answer.data.message
        : `the connection broke or was refused (status ${request.status})`;
      reject(new OrthantError('file', `${file.name} could not be uploaded to Orthant: ${reason}. Try again.`));
    };
    request.addEventListener('error', refused);
    request.addEventListener('abort', () => {
      reject(new OrthantError('cancelled', `${file.name} was not uploaded to Orthant: you cancelled it.`));
    });
    signal.addEventListener('abort', () => {
      request.abort();
    });
    request.addEventListener('load', () => {
      const answer = uploadedSchema.safeParse(request.response);
      if (request.status < 300 && answer.success) resolve(answer.data.path);
      else refused();
    });
    onProgress(0);
    request.send(file);
  });
}
