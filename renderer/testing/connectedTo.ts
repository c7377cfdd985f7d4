import { serve, type Handlers } from '../../native/contract/channel.ts';
import { windowCalls } from '../../native/contract/window.ts';
import { Connection } from '../state/connection.svelte.ts';
import { linkedPorts } from './linkedPorts.ts';

/** An open connection to a host with these handlers. */
export async function connectedTo(handlers: Partial<Handlers<typeof windowCalls>>): Promise<Connection> {
  const ports = linkedPorts();
  serve(ports.host, windowCalls, handlers);
  const connection = new Connection(() => ports.window);
  await connection.open();
  return connection;
}
