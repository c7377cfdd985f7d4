import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import path from 'node:path';
import { z } from 'zod';
import { JsonFile } from '../services/jsonFile.ts';

/**
 * Decides who may use the host: the holder of an address that was printed in the terminal, once. The token in it is
 * exchanged for a cookie. Sessions outlive the host, so that a window reconnects after a restart; only their hashes are
 * stored.
 */
export class Access {
  #token: Buffer | undefined;
  readonly #sessions: JsonFile<typeof sessionsSchema>;
  #hashes: z.infer<typeof sessionsSchema> = [];

  private constructor(stateFolder: string) {
    this.#sessions = new JsonFile(path.join(stateFolder, 'sessions.json'), sessionsSchema, [], 0o600);
  }

  static async open(stateFolder: string): Promise<Access> {
    const access = new Access(stateFolder);
    const oldest = Date.now() - longestSession;
    access.#hashes = (await access.#sessions.read()).filter((session) => session.since > oldest);
    return access;
  }

  /** A new token for an address. It replaces the one before. */
  newToken(): string {
    const token = randomBytes(32).toString('base64url');
    this.#token = digest(token);
    return token;
  }

  /**
   * Exchanges a token for a session.
   *
   * @returns the secret of the session's cookie; undefined when the token is wrong or was used
   */
  async redeem(token: string): Promise<string | undefined> {
    if (this.#token === undefined || !timingSafeEqual(this.#token, digest(token))) return undefined;
    this.#token = undefined;
    const secret = randomBytes(32).toString('base64url');
    const session = { hash: digest(secret).toString('base64url'), since: Date.now() };
    this.#hashes = [...this.#hashes, session].slice(-mostSessions);
    // Other hosts that share the folder add sessions too; a session that cannot be stored lasts as long as this host.
    await this.#sessions.update((kept) => [...kept, session].slice(-mostSessions)).catch(() => undefined);
    return secret;
  }

  /** Whether the request carries the cookie of a session. */
  isKnown(headers: IncomingHttpHeaders): boolean {
    const name = cookieName(headers.host);
    const values = (headers.cookie ?? '')
      .split(';')
      .map((pair) => pair.trim())
      .filter((pair) => pair.startsWith(`${name}=`))
      .map((pair) => digest(pair.slice(name.length + 1)));
    return values.some((value) =>
      this.#hashes.some(({ hash }) => timingSafeEqual(value, Buffer.from(hash, 'base64url'))),
    );
  }
}

/** SHA-256 in base64url: 43 characters. */
const sessionsSchema = z.array(z.object({ hash: z.string().length(43), since: z.number() }));
const mostSessions = 50;
/** Thirty days, in milliseconds. */
const longestSession = 30 * 24 * 60 * 60 * 1000;

const digest = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/**
 * Name of the cookie. Cookies ignore ports, so the port the browser sees is part of the name: two hosts, or two SSH
 * tunnels, do not use each other's.
 */
export function cookieName(host: string | undefined): string {
  const port = /:(\d{1,5})$/.exec(host ?? '')?.[1] ?? '80';
  return `orthant-${port}`;
}

const loopbackHost = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i;

/**
 * Whether the request was meant for this computer: its `Host` is a name of the loopback interface with any port, since
 * an SSH tunnel changes the port. A foreign page whose name resolves to this computer (DNS rebinding) sends its own name.
 */
export const isLoopbackHost = (headers: IncomingHttpHeaders): boolean => loopbackHost.test(headers.host ?? '');

/** The origin that the page of this request has. */
export const ownOrigin = (headers: IncomingHttpHeaders): string => `http://${(headers.host ?? '').toLowerCase()}`;

/**
 * Whether the request comes from our own page. `Origin` is required (`required`) where the request changes something or
 * opens a socket; elsewhere browsers may omit it, but must match if they send it.
 */
export function isOwnOrigin(headers: IncomingHttpHeaders, required: boolean): boolean {
  if (headers.origin !== undefined) return headers.origin.toLowerCase() === ownOrigin(headers);
  if (required) return false;
  // A page of another origin that embeds our files; opening our address is a navigation.
  const site = headers['sec-fetch-site'];
  return site === undefined || site === 'same-origin' || site === 'none' || headers['sec-fetch-mode'] === 'navigate';
}
