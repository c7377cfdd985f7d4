import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Which process holds a run folder. A process id alone is not enough: the system gives it to another process later.
 * Id and start time together name one process.
 */

export interface ProcessIdentity {
  readonly pid: number;
  /** Seconds since 1970 at which the process started; 0 where the system does not tell. */
  readonly started: number;
}

/** The system's clock may be set while a process runs, which moves the start times that are computed from it. */
const toleranceSeconds = 3;

let own: ProcessIdentity | undefined;

/** This process. */
export function thisProcess(): ProcessIdentity {
  own ??= { pid: process.pid, started: startTime(process.pid) ?? 0 };
  return own;
}

/** Whether that very process still runs. When the start time cannot be had, a process of that id counts as the same. */
export function isRunning({ pid, started }: ProcessIdentity): boolean {
  if (!exists(pid)) return false;
  const now = startTime(pid);
  if (now === undefined || started === 0) return exists(pid);
  return Math.abs(now - started) <= toleranceSeconds;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !hasEnded(pid);
  } catch (error) {
    // EPERM: it is there and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Seconds since 1970 at which a process started; undefined where there is no such process or no way to tell. */
export function startTime(pid: number): number | undefined {
  try {
    if (process.platform === 'linux') return linuxStartTime(pid);
    if (process.platform === 'win32') return windowsStartTime(pid);
    const text = run('ps', ['-o', 'lstart=', '-p', String(pid)]);
    const milliseconds = Date.parse(text.trim());
    return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
  } catch {
    return undefined;
  }
}

/**
 * Whether a process that is still listed has ended (a zombie): its parent has not asked how, as the first process of many a
 * container never does for orphans.
 */
function hasEnded(pid: number): boolean {
  if (process.platform !== 'linux') return false;
  try {
    return ['Z', 'X'].includes(linuxStat(pid, 3));
  } catch {
    return false;
  }
}

/**
 * A field of /proc/PID/stat, from the third on, by its number in proc(5). On Linux alone.
 *
 * @throws the file system's error where there is no such process
 */
export function linuxStat(pid: number, field: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // Field 2 is the program's name in parentheses and may hold spaces and parentheses itself.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[field - 3] ?? '';
}

/** Clock ticks from boot to the process's start; Linux shows 100 ticks a second. */
function linuxStartTime(pid: number): number | undefined {
  const ticks = Number(linuxStat(pid, 22));
  const boot = Number(/^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1]);
  const seconds = boot + ticks / 100;
  return Number.isFinite(seconds) ? seconds : undefined;
}

function windowsStartTime(pid: number): number | undefined {
  const command = `([DateTimeOffset](Get-Process -Id ${pid}).StartTime).ToUnixTimeMilliseconds()`;
  const milliseconds = Number(run('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', command]));
  return Number.isFinite(milliseconds) && milliseconds > 0 ? milliseconds / 1000 : undefined;
}

const run = (program: string, args: readonly string[]): string =>
  execFileSync(program, args, {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 10_000,
  });
