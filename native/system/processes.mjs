import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Identity of one process. An id alone is not enough: the system reuses it later.
 *
 * @typedef {object} ProcessIdentity
 * @property {number} pid
 * @property {number} started Seconds since 1970 at which the process started; 0 if the system does not report it.
 */

/** The signals that end a program: Ctrl-C, a polite kill, the end of the terminal. */
export const endingSignals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/** Tolerance in seconds. The system's clock may be set while a process runs, which moves the computed start times. */
const toleranceSeconds = 3;

/** @type {ProcessIdentity | undefined} */
let own;

/** This process. */
export function thisProcess() {
  own ??= { pid: process.pid, started: startTime(process.pid) ?? 0 };
  return own;
}

/** Whether this process still runs, or any with its id if a start time is unknown. @param {ProcessIdentity} identity */
export function isRunning({ pid, started }) {
  if (!isAlive(pid)) return false;
  const now = startTime(pid);
  if (now === undefined || started === 0) return isAlive(pid);
  return Math.abs(now - started) <= toleranceSeconds;
}

/** Whether a process with this id runs, of any user. @param {number} pid */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return !hasEnded(pid);
  } catch (error) {
    // EPERM: it exists and belongs to another user.
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/**
 * Seconds since 1970 at which a process started; undefined if the process does not exist or there is no way to find out.
 * @param {number} pid
 * @returns {number | undefined}
 */
export function startTime(pid) {
  try {
    if (process.platform === 'linux') return linuxStartTime(pid);
    if (process.platform === 'win32') return windowsStartTime(pid);
    const milliseconds = Date.parse(run('ps', ['-o', 'lstart=', '-p', String(pid)]).trim());
    return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
  } catch {
    return undefined;
  }
}

/**
 * Whether a process that is still listed has ended (a zombie): its parent has not collected its exit status, as the first
 * process of many containers never does for orphans.
 * @param {number} pid
 */
function hasEnded(pid) {
  if (process.platform !== 'linux') return false;
  try {
    return ['Z', 'X'].includes(linuxStat(pid, 3));
  } catch {
    return false;
  }
}

/**
 * A field of /proc/PID/stat, from the third on, by its number in proc(5). Linux only.
 *
 * @param {number} pid
 * @param {number} field
 * @throws The file system's error if the process does not exist.
 */
export function linuxStat(pid, field) {
  const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
  // Field 2 is the program's name in parentheses and may hold spaces and parentheses itself.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[field - 3] ?? '';
}

/** Clock ticks from boot to the process's start; Linux shows 100 ticks a second. @param {number} pid */
function linuxStartTime(pid) {
  const ticks = Number(linuxStat(pid, 22));
  const boot = Number(/^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1]);
  const seconds = boot + ticks / 100;
  return Number.isFinite(seconds) ? seconds : undefined;
}

/** @param {number} pid */
function windowsStartTime(pid) {
  const command = `([DateTimeOffset](Get-Process -Id ${String(pid)}).StartTime).ToUnixTimeMilliseconds()`;
  const milliseconds = Number(run('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', command]));
  return Number.isFinite(milliseconds) && milliseconds > 0 ? milliseconds / 1000 : undefined;
}

/** @param {string} program @param {string[]} args */
const run = (program, args) =>
  execFileSync(program, args, {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 10_000,
  });
