import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openEngine } from '../tensorflow/backend.ts';
import { nativeBackend } from '../tensorflow/nativeBackend.ts';
import { hasTensorflow, testDevice } from '../tensorflow/testEngines.ts';
import { DataType } from './graphDef.ts';
import { ProgramSession } from './graphSession.ts';

test.skipIf(!hasTensorflow || process.platform !== 'linux' || testDevice === 'gpu')(
  'a session computes with as many threads as it is opened with',
  async () => {
    const { tf } = await openEngine({ engine: 'tensorflow', device: 'cpu' });
    const { binding } = nativeBackend(tf);
    const threadsOf = (threads: number): number => {
      const before = readdirSync('/proc/self/task').length;
      const program = {
        state: [{ name: 's', type: DataType.float, shape: [2] }],
        data: [],
        chunked: false,
        loops: [],
        forwards: [],
        threads,
      };
      const session = new ProgramSession(binding, program);
      const more = readdirSync('/proc/self/task').length - before;
      session.dispose();
      return more;
    };
    // The first session of a process starts additional threads.
    threadsOf(1);
    const [one, seven] = [threadsOf(1), threadsOf(7)];
    expect(seven - one).toBe(6);
  },
);
