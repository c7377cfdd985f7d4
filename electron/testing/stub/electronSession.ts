import { app } from './app.ts';

type Handler = (request: Request) => Promise<Response> | Response;

/** `protocol`: schemes before the application is ready, handlers after. */
export const protocol = {
  schemes: [] as { scheme: string; privileges?: Record<string, boolean> }[],
  handlers: new Map<string, Handler>(),
  registerSchemesAsPrivileged(schemes: { scheme: string }[]): void {
    app.requireNotReady('protocol.registerSchemesAsPrivileged');
    protocol.schemes.push(...schemes);
  },
  handle(scheme: string, handler: Handler): void {
    app.requireReady('protocol.handle');
    protocol.handlers.set(scheme, handler);
  },
};

type AnyFunction = (...args: never[]) => unknown;
const handlers: Record<string, AnyFunction | undefined> = {};
const keep =
  (name: string) =>
  (handler: AnyFunction): void => {
    handlers[name] = handler;
  };

const defaultSession = {
  /** The handlers that were set, by the setter's name. */
  handlers,
  setPermissionRequestHandler: keep('permissionRequest'),
  setPermissionCheckHandler: keep('permissionCheck'),
  setDevicePermissionHandler: keep('devicePermission'),
  webRequest: { onBeforeRequest: keep('beforeRequest') },
};

export const session = {
  get defaultSession(): typeof defaultSession {
    app.requireReady('Session');
    return defaultSession;
  },
};

/** Loads an address as a page of the session would: through the request filter, then from the scheme's handler. */
export async function load(address: string, method = 'GET'): Promise<Response> {
  const filter = handlers.beforeRequest as
    ((details: { url: string }, answer: (decision: { cancel?: boolean }) => void) => void) | undefined;
  const decisions: { cancel?: boolean }[] = [];
  filter?.({ url: address }, (decision) => decisions.push(decision));
  if (decisions.some(({ cancel }) => cancel)) throw new Error(`ERR_BLOCKED_BY_CLIENT loading ${address}`);
  const scheme = new URL(address).protocol.slice(0, -1);
  const handler = protocol.handlers.get(scheme);
  if (handler === undefined) throw new Error(`ERR_UNKNOWN_URL_SCHEME loading ${address}`);
  // A handler's request carries an address that the network stack has made canonical.
  return handler(new Request(address, { method }));
}
