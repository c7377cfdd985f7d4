/** Gives a Node child process what a utility process has: `process.parentPort` in place of `process.send`. */
import { EventEmitter } from 'node:events';
import { setImmediate } from 'node:timers';

const send = process.send?.bind(process);
const port = new EventEmitter();
process.on('message', (data) => {
  queue.push(data);
  drain();
});
// Electron's port holds messages until a listener is added.
/** @type {unknown[]} */
const queue = [];
const drain = () => {
  if (port.listenerCount('message') === 0) return;
  for (const data of queue.splice(0)) port.emit('message', { data, ports: [] });
};
port.on('newListener', () => setImmediate(drain));
Object.assign(port, {
  postMessage: (/** @type {unknown} */ message) => {
    send?.(message, undefined, undefined, () => undefined);
  },
});
// A utility process ends with the browser process.
process.on('disconnect', () => process.exit());
Reflect.deleteProperty(process, 'send');
Object.defineProperty(process, 'parentPort', { value: port });
Object.defineProperty(process, 'type', { value: 'utility' });
