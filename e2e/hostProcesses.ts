import { execFileSync } from 'node:child_process';

/** Processes below `ancestor`, with their command lines. Not on Windows. */
export function descendants(ancestor: number): { pid: number; command: string }[] {
  // A separate option each: by POSIX, as on macOS, everything after the first "=" would be its header.
  const columns = ['-o', 'pid=', '-o', 'ppid=', '-o', 'args='];
  const all = execFileSync('ps', ['-A', ...columns], { encoding: 'utf8', maxBuffer: 1 << 26 })
    .split('\n')
    .flatMap((line) => {
      const [, pid, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
      return pid === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), command: command ?? '' }];
    });
  const below = (parent: number): typeof all =>
    all.filter((one) => one.parent === parent).flatMap((one) => [one, ...below(one.pid)]);
  return below(ancestor);
}

/** The process in which the browser host whose process is `host` trains: a Node process with its role on the command line. */
export function trainingProcess(host: number): number | undefined {
  return descendants(host).find(({ command }) => /--role[ =]train\b/.test(command))?.pid;
}
