import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { parseOrThrow } from '../../native/contract/errors.ts';
import { JsonFile } from '../services/jsonFile.ts';

/**
 * One host for a state folder: two would overwrite each other's work in the window. The running host writes its address
 * and a secret to the folder. A second start of the same user sends the secret and its files; the running host then opens
 * another window with the files. Electron's applications do the same.
 */

const hostFile = 'browser-host.json';
/** Address path for the requests of a second start. */
export const joinPath = '/join';
/** Milliseconds in which a running host answers. */
const timeout = 2000;

const runningSchema = z.object({ pid: z.int(), port: z.int(), origin: z.string(), secret: z.string() });
const requestSchema = z.strictObject({ files: z.array(z.string()) });
const answerSchema = z.object({ address: z.string() });

const fileOf = (stateFolder: string): JsonFile<z.ZodOptional<typeof runningSchema>> =>
  // Readable by this user's programs alone.
  new JsonFile(path.join(stateFolder, hostFile), runningSchema.optional(), undefined, 0o600);

const digest = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** The host's side. */
export class Joining {
  readonly #stateFolder: string;
  readonly #secret = randomBytes(32).toString('base64url');

  constructor(stateFolder: string) {
    this.#stateFolder = stateFolder;
  }

  /**
   * Publishes the address of this host.
   *
   * @param origin - as a browser names it: "http://127.0.0.1:4180"
   */
  async announce(origin: string): Promise<void> {
    const running = { pid: process.pid, port: Number(new URL(origin).port), origin, secret: this.#secret };
    await fileOf(this.#stateFolder).update(() => running);
  }

  /** Withdraws the published address, unless another host has published its own since. */
  async withdraw(): Promise<void> {
    const running = await fileOf(this.#stateFolder).read();
    if (running?.secret === this.#secret) await rm(path.join(this.#stateFolder, hostFile), { force: true });
  }

  /** Whether a request comes from a second start of the same user: it knows the secret. */
  isKnown({ authorization = '' }: IncomingHttpHeaders): boolean {
    return timingSafeEqual(digest(authorization), digest(`Bearer ${this.#secret}`));
  }

  /**
   * Absolute paths of the files that a second start asks to open.
   *
   * @throws OrthantError `usage` if the request is not one of a second start
   */
  async filesOf(request: IncomingMessage): Promise<readonly string[]> {
    const body = await text(request);
    return parseOrThrow(requestSchema, parseJson(body), 'The request of a second start').files;
  }
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** A host that already runs and now expects another window. */
export interface JoinedHost {
  readonly pid: number;
  readonly port: number;
  readonly stateFolder: string;
  /** Opens the other window; works once. */
  newAddress(): string;
}

/**
 * Asks the running host of a state folder, if there is one, for another window in which these files are opened.
 *
 * @param files - absolute paths
 * @returns undefined if no host answers: it has crashed, or never ran
 */
export async function joinRunningHost(stateFolder: string, files: readonly string[]): Promise<JoinedHost | undefined> {
  const running = await fileOf(stateFolder).read();
  if (running === undefined) return undefined;
  const { pid, port, origin, secret } = running;
  try {
    const answer = await fetch(`${origin}${joinPath}`, {
      method: 'POST',
      headers: { Origin: origin, Authorization: `Bearer ${secret}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ files }),
      redirect: 'error',
      signal: AbortSignal.timeout(timeout),
    });
    if (!answer.ok) return undefined;
    const { address } = answerSchema.parse(await answer.json());
    return { pid, port, stateFolder, newAddress: () => address };
  } catch {
    return undefined;
  }
}
