import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { parseOrThrow } from '../../native/contract/errors.ts';
import { JsonFile } from '../services/jsonFile.ts';

/**
 * One host for a state folder: two would overwrite each other's work in the window. The one that runs says in the folder
 * where it answers and by which secret it knows the same person's second start, which has it open another window and its
 * files instead of starting a host of its own. Electron's applications do the same.
 */

const hostFile = 'browser-host.json';
/** Where a running host takes what a second start asks for. */
export const joinPath = '/join';
/** Milliseconds in which a host that runs answers. */
const patience = 2000;

const runningSchema = z.object({ pid: z.int(), port: z.int(), origin: z.string(), secret: z.string() });
const requestSchema = z.strictObject({ files: z.array(z.string()) });
const answerSchema = z.object({ address: z.string() });

const fileOf = (stateFolder: string): JsonFile<z.ZodOptional<typeof runningSchema>> =>
  // For this person's programs alone.
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
   * Says where this host answers.
   *
   * @param origin - as a browser names it: "http://127.0.0.1:4180"
   */
  async announce(origin: string): Promise<void> {
    const running = { pid: process.pid, port: Number(new URL(origin).port), origin, secret: this.#secret };
    await fileOf(this.#stateFolder).update(() => running);
  }

  /** Takes back what was announced, unless another host has announced itself since. */
  async withdraw(): Promise<void> {
    const running = await fileOf(this.#stateFolder).read();
    if (running?.secret === this.#secret) await rm(path.join(this.#stateFolder, hostFile), { force: true });
  }

  /** Whether a request comes from a second start of the same person: it knows the secret. */
  isKnown({ authorization = '' }: IncomingHttpHeaders): boolean {
    return timingSafeEqual(digest(authorization), digest(`Bearer ${this.#secret}`));
  }

  /**
   * The files that a second start wants opened, absolute.
   *
   * @throws OrthantError `usage` where the request is none of a second start
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

/** A host that runs already, and now expects another window. */
export interface JoinedHost {
  readonly pid: number;
  readonly port: number;
  readonly stateFolder: string;
  /** Opens the other window; works once. */
  newAddress(): string;
}

/**
 * Asks the host that has a state folder, if one runs, for another window in which these files are opened.
 *
 * @param files - absolute
 * @returns undefined where none answers: it has crashed, or never ran
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
      signal: AbortSignal.timeout(patience),
    });
    if (!answer.ok) return undefined;
    const { address } = answerSchema.parse(await answer.json());
    return { pid, port, stateFolder, newAddress: () => address };
  } catch {
    return undefined;
  }
}
