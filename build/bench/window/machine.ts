import { cpus } from 'node:os';

/** Share of all processors that is at work for anybody within a second: before anything of ours is, for other programs. */
export async function busyShare(): Promise<number> {
  const before = timesOf();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const after = timesOf();
  return 1 - (after.idle - before.idle) / (after.all - before.all);
}

/** Milliseconds that all processors together have spent since the system was started. */
function timesOf(): { idle: number; all: number } {
  const times = cpus().map(({ times: one }) => one);
  return {
    idle: times.reduce((sum, { idle }) => sum + idle, 0),
    all: times.reduce((sum, one) => sum + Object.values(one).reduce((of, time) => of + time, 0), 0),
  };
}
