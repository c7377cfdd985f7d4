import { parseArgs } from 'node:util';
import { engineCalls, engineRoles } from '../contract/engine.ts';
import { serve, type MessagePortLike } from '../contract/channel.ts';
import { lowerPriority } from './background.ts';
import { EventOutbox } from './eventOutbox.ts';
import { openParentPort } from './parentPort.ts';

/**
 * Entry of the engine process: `engine.js --role data|train [--background]`, started by the command line, the browser
 * host (both as a Node child process) or Electron (as a utility process). It answers the calls of its role until the
 * program that started it has ended.
 */

const { role, background } = parseArgs({
  options: { role: { type: 'string' }, background: { type: 'boolean' } },
  strict: false,
}).values;
const port = openParentPort();
if (port === undefined || !engineRoles.some((known) => known === role)) {
  process.stderr.write(
    `The engine is started by other programs, with --role ${engineRoles.join(' or --role ')}. Try: orthant --help\n`,
  );
  process.exit(2);
}

if (background === true) lowerPriority();

// Ctrl-C in a terminal reaches every process of the group; the program that started the engine handles it.
process.on('SIGINT', () => undefined);

await (role === 'data' ? serveData(port) : serveTrain(port));

// After `serve`, so that handlers are aborted first.
port.onClose(() => process.exit());

async function serveData(to: MessagePortLike): Promise<void> {
  const { dataHandlers } = await import('./dataRole.ts');
  serve(to, engineCalls, dataHandlers());
}

async function serveTrain(to: MessagePortLike): Promise<void> {
  const { trainHandlers } = await import('./trainRole.ts');
  const outbox = new EventOutbox((events) => {
    served.emit(events);
  });
  const handlers = trainHandlers((event) => {
    outbox.post(event);
  });
  const served = serve(to, engineCalls, {
    ...handlers,
    setWatched: ({ watched }) => {
      outbox.setWatched(watched);
      return {};
    },
  });
}
