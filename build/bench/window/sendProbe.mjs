/**
 * Loaded into every process of the host or of the command line (NODE_OPTIONS=--import); in the one that trains it notes
 * when training began and ended, and what sending each message took. Into the folder that ORTHANT_BENCH_PROBE names it
 * writes `begun` when a run is at work, and `ended` when it has ended, with what was noted.
 */
import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';

const folder = process.env.ORTHANT_BENCH_PROBE;
const { send } = process;
if (folder !== undefined && send !== undefined && process.argv.join(' ').includes('--role train')) {
  /** Moments in milliseconds since 1970, with parts of them: other processes are to know what they mean. */
  const now = () => performance.timeOrigin + performance.now();
  /** @type {{ training?: number, ended?: number, sending: { from: number, to: number }[] }} */
  const noted = { sending: [] };
  /** @param {string} name */
  const write = (name) => {
    // Whole as soon as it is there.
    const unfinished = path.join(folder, 'unfinished');
    writeFileSync(unfinished, JSON.stringify(noted));
    renameSync(unfinished, path.join(folder, name));
  };
  /** @param {[any, any]} args As they are given, whatever their number. */
  process.send = (...args) => {
    const [message] = args;
    const from = now();
    try {
      return send.apply(process, args);
    } finally {
      if (message?.kind === 'event') {
        if (noted.sending.push({ from, to: now() }) === 1) write('begun');
        for (const { event, state } of message.event) {
          if (event === 'phase' && state === 'training') noted.training ??= now();
          if (event === 'finished') {
            noted.ended = now();
            write('ended');
          }
        }
      }
    }
  };
}
