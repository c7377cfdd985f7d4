/**
 * Loaded into every process of the host (NODE_OPTIONS=--import); in the one that trains it adds up the time spent in
 * sending events to the host, and writes it where ORTHANT_BENCH_PROBE says when a run has ended.
 */
import { writeFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

const file = process.env.ORTHANT_BENCH_PROBE;
const { send } = process;
if (file !== undefined && send !== undefined && process.argv.join(' ').includes('--role train')) {
  const total = { milliseconds: 0, messages: 0 };
  /** @param {[any, any]} args As they are given, whatever their number. */
  process.send = (...args) => {
    const [message] = args;
    const began = performance.now();
    try {
      return send.apply(process, args);
    } finally {
      if (message?.kind === 'event') {
        total.milliseconds += performance.now() - began;
        total.messages += 1;
        if (message.event.some((/** @type {{ event: string }} */ { event }) => event === 'finished'))
          writeFileSync(file, JSON.stringify(total));
      }
    }
  };
}
