import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { descendants } from '../../e2e/hostProcesses.ts';

/** A program under test and what it has printed. */
export interface Program {
  readonly pid: number;
  /** Resolves with the exit code; null if a signal ended it. */
  readonly ended: Promise<number | null>;
  text(): string;
  /** Resolves once its output matches. */
  prints(pattern: RegExp): Promise<RegExpExecArray>;
  write(text: string): void;
  kill(signal: NodeJS.Signals): void;
  /** Resolves with all its descendant processes, once there are this many. */
  below(count: number): Promise<number[]>;
}

/** Starts Node with these arguments. */
export function startNode(args: readonly string[], env: NodeJS.ProcessEnv): Program {
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env } });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => (text += part));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const pid = child.pid ?? 0;
  return {
    pid,
    ended,
    text: () => text,
    prints: async (pattern) => {
      for (;;) {
        const found = pattern.exec(text);
        if (found !== null) return found;
        if (child.exitCode !== null) throw new Error(`It ended: ${text}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    write: (given) => child.stdin.write(given),
    kill: (signal) => child.kill(signal),
    below: async (count) => {
      for (;;) {
        const found = descendants(pid).map((process) => process.pid);
        if (found.length >= count) return found;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
  };
}

/** Writes a shell script as a fake program. */
export function fakeProgram(file: string, script: string): string {
  writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return file;
}
