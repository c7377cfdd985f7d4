import { createReadStream, statSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { WebSocketServer } from 'ws';
import { OrthantError, toErrorMessage } from '../../native/contract/errors.ts';
import { browserHostPaths } from '../../native/contract/window.ts';
import { attachWindow } from '../services/attachWindow.ts';
import { contentPolicy, securityHeaders } from '../services/contentPolicy.ts';
import type { Host, WindowPlatform } from '../services/host.ts';
import type { RendererFiles } from '../services/rendererFiles.ts';
import { Access, cookieName, isLoopbackHost, isOwnOrigin, ownOrigin } from './access.ts';
import type { Downloads } from './downloads.ts';
import { joinPath, type Joining } from './joining.ts';
import { socketPort } from './socket.ts';
import { receiveUpload } from './uploads.ts';

/** The only interfaces the host listens on: it has no password, so only users of this computer may reach it. */
const loopback: readonly string[] = ['127.0.0.1', '::1', 'localhost'];
/** Bytes of one message of a window; the largest is a pasted configuration. */
const longestMessage = 16_000_000;

export interface BrowserServerOptions {
  readonly host: Host;
  readonly files: RendererFiles;
  readonly access: Access;
  readonly downloads: Downloads;
  readonly joining: Joining;
  /** Interface to listen on; only the loopback interface is accepted. */
  readonly listen?: string;
  /** 0 means any free port. */
  readonly port: number;
}

export interface BrowserServer {
  readonly port: number;
  /** As a browser writes it. */
  readonly origin: string;
  /** An address that opens the application once. */
  newAddress(): string;
  /** How many windows are connected. */
  windows(): number;
  close(): Promise<void>;
}

/**
 * Serves the window and its socket on the loopback interface.
 *
 * @throws OrthantError `usage` for another interface, or when the port is taken
 */
export async function startServer(options: BrowserServerOptions): Promise<BrowserServer> {
  const { listen = '127.0.0.1', access } = options;
  if (!loopback.includes(listen)) {
    throw new OrthantError(
      'usage',
      `Orthant listens on this computer's own interface only (127.0.0.1), not on ${listen}. To use it from another computer, open an SSH tunnel there: ssh -L 4180:127.0.0.1:${options.port || 4180} <this computer>.`,
      { field: 'listen' },
    );
  }
  const sockets = new WebSocketServer({ noServer: true, maxPayload: longestMessage, perMessageDeflate: false });
  let origin = '';
  const newAddress = (): string => `${origin}/?token=${access.newToken()}`;
  const server = createServer({ requestTimeout: 0 }, (request, response) => {
    respond(options, newAddress, request, response).catch((error: unknown) => {
      fail(response, error);
    });
  });
  server.on('upgrade', (request, socket, head) => {
    upgrade(options, sockets, request, socket, head);
  });
  await bind(server, options.port, listen);
  const { port } = server.address() as AddressInfo;
  origin = `http://${listen === '::1' ? '[::1]' : listen}:${port}`;

  return {
    port,
    origin,
    newAddress,
    windows: () => sockets.clients.size,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets.clients) socket.close(1001, 'The host is closing.');
      // Wait a moment for the closing messages to be sent, then cut uploads, downloads and idle connections.
      setTimeout(() => {
        for (const socket of sockets.clients) socket.terminate();
        server.closeAllConnections();
      }, 100);
      await closed;
    },
  };
}

async function bind(server: Server, port: number, host: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      reject(
        new OrthantError(
          'usage',
          taken
            ? `Port ${port} is taken by another program (or another Orthant). Choose another one with --port.`
            : `The host cannot listen on ${host}:${port}: ${error.message}.`,
          { field: 'port', cause: error },
        ),
      );
    });
    server.listen(port, host, resolve);
  });
}

async function respond(
  options: BrowserServerOptions,
  newAddress: () => string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { headers, method = 'GET' } = request;
  const reads = method === 'GET' || method === 'HEAD';
  for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
  if (!isLoopbackHost(headers) || !isOwnOrigin(headers, !reads)) {
    refuse(response, 403, 'This address answers only to its own page on this computer.');
    return;
  }
  response.setHeader('Content-Security-Policy', contentPolicy(ownOrigin(headers).replace('http:', 'ws:')));
  const address = addressOf(request);

  const token = address.searchParams.get('token');
  if (method === 'GET' && address.pathname === '/' && token !== null) {
    await logIn(options.access, token, request, response);
    return;
  }
  if (method === 'POST' && address.pathname === joinPath && options.joining.isKnown(headers)) {
    for (const file of await options.joining.filesOf(request)) options.host.openFile(file, 'next');
    sendJson(response, { address: newAddress() });
    return;
  }
  if (!options.access.isKnown(headers)) {
    refuse(response, 401, askForAddress);
    return;
  }
  if (method === 'POST' && address.pathname === browserHostPaths.upload) {
    const path = await receiveUpload(
      request,
      options.host.options.folders.uploads,
      address.searchParams.get('name') ?? '',
    );
    sendJson(response, { path });
    return;
  }
  if (!reads) {
    response.setHeader('Allow', 'GET, HEAD');
    refuse(response, 405, 'There is nothing to send here.');
    return;
  }
  if (address.pathname.startsWith(browserHostPaths.download)) {
    const rest = address.pathname.slice(browserHostPaths.download.length);
    if (!(await options.downloads.send(rest, response, method === 'HEAD'))) {
      refuse(response, 404, 'There is nothing to download here (any more).');
    }
    return;
  }
  await sendFile(options.files, address.pathname, request, response);
}

const askForAddress =
  'This address needs the token that was printed with it, and each works once. Press Enter in the terminal where Orthant runs: it prints a fresh one.';

/** Exchanges the token of an address for a cookie, and redirects to the address without it. */
async function logIn(access: Access, token: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { headers } = request;
  // A browser's prefetch of an address must not use it up.
  if (/prefetch|prerender/.test(`${String(headers['sec-purpose'] ?? '')} ${String(headers.purpose ?? '')}`)) {
    response.writeHead(503, { 'Cache-Control': 'no-store' }).end();
    return;
  }
  const secret = await access.redeem(token);
  if (secret === undefined && !access.isKnown(headers)) {
    refuse(response, 401, askForAddress);
    return;
  }
  if (secret !== undefined) {
    response.setHeader(
      'Set-Cookie',
      `${cookieName(headers.host)}=${secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${30 * 24 * 60 * 60}`,
    );
  }
  response.writeHead(303, { Location: '/', 'Cache-Control': 'no-store' }).end();
}

/** The requested address. An invalid path is answered as not found. */
function addressOf({ url = '' }: IncomingMessage): URL {
  const address = `http://localhost${url}`;
  return new URL(url.startsWith('/') && URL.canParse(address) ? address : 'http://localhost/nothing');
}

async function sendFile(
  files: RendererFiles,
  pathname: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const found = files.find(pathname);
  if (found === undefined) {
    refuse(response, 404, 'There is no such page.');
    return;
  }
  const { size, mtimeMs } = statSync(found.file);
  const tag = `"${size.toString(36)}-${Math.round(mtimeMs).toString(36)}"`;
  response.setHeader('ETag', tag);
  response.setHeader('Cache-Control', found.immutable ? 'private, max-age=31536000, immutable' : 'no-cache');
  if (request.headers['if-none-match'] === tag) {
    response.writeHead(304).end();
    return;
  }
  response.writeHead(200, { 'Content-Type': found.type, 'Content-Length': size });
  if (request.method === 'HEAD') response.end();
  else await pipeline(createReadStream(found.file), response).catch(() => undefined); // The client disconnected.
}

function upgrade(
  options: BrowserServerOptions,
  sockets: WebSocketServer,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  const { headers } = request;
  const address = addressOf(request);
  const status =
    !isLoopbackHost(headers) || !isOwnOrigin(headers, true)
      ? '403 Forbidden'
      : !options.access.isKnown(headers)
        ? '401 Unauthorized'
        : address.pathname !== browserHostPaths.socket
          ? '404 Not Found'
          : undefined;
  if (status !== undefined) {
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    return;
  }
  sockets.handleUpgrade(request, socket, head, (accepted) => {
    attachWindow(options.host, socketPort(accepted), browserPlatform(options.downloads));
  });
}

/** The platform functions available to a page in a browser. */
function browserPlatform(downloads: Downloads): WindowPlatform {
  const noDialogs = (what: string): OrthantError =>
    new OrthantError('usage', `${what} In a browser the window uploads and downloads files instead.`);
  return {
    chooseFile: () => Promise.reject(noDialogs('The browser host has no file dialogs.')),
    chooseOutput: (suggestedName) => downloads.offer(suggestedName),
    openExternal: (address) => Promise.resolve({ address }),
    showInFolder: () => Promise.reject(noDialogs('The browser host cannot show folders.')),
  };
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(`${text}\n`);
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
  response.end(JSON.stringify(value));
}

/** Answers an upload's error in the form of a call's error. */
function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const message = toErrorMessage(error);
  // Without this Node would read the rest of a refused upload.
  response.setHeader('Connection', 'close');
  response.writeHead(message.code === 'file' ? 507 : message.code === 'internal' ? 500 : 400, {
    'Content-Type': 'application/json',
    'Cache-Control': 'no-store',
  });
  response.end(JSON.stringify({ code: message.code, message: message.message }));
}
