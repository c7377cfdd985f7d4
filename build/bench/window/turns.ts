import { descendants } from '../../../e2e/hostProcesses.ts';

/** A time span, in milliseconds since 1970. */
export interface Turn {
  readonly from: number;
  readonly to: number;
}

/** The work of some processes and of all that they start. */
export interface Player {
  /** Starts the work; resolves once it is running, with the ids of the topmost processes. */
  readonly start: () => Promise<readonly number[]>;
  /** Whether the measured work has ended. */
  readonly hasEnded: () => boolean;
}

/**
 * Runs several players in the same minutes but never at the same time: each runs for one turn while the others are halted.
 * Disturbances of the machine (neighbours, heat) then affect all of them alike; equal runs one after another differ by 20 %
 * on a shared machine. Not on Windows, which cannot halt a process.
 *
 * @param turnMs - milliseconds of a turn: short against disturbances, long against the ten or so that refill the caches
 * @returns the turns of each player, in the order given; all of them run again
 */
export async function takeTurns(players: readonly Player[], turnMs: number): Promise<Turn[][]> {
  if (process.platform === 'win32') throw new Error('Windows cannot halt programs, so they cannot take turns.');
  const turns = players.map((): Turn[] => []);
  const groups = players.map(() => new Processes());
  try {
    for (const [index, player] of players.entries()) {
      const from = Date.now();
      const group = groups[index];
      group?.add(await player.start());
      turns[index]?.push({ from, to: group?.halt() ?? from });
    }
    for (let left = [...players.keys()]; left.length > 0; left = left.filter((one) => !players[one]?.hasEnded())) {
      for (const player of left) {
        const from = Date.now();
        groups[player]?.resume();
        await new Promise((resolve) => setTimeout(resolve, turnMs));
        turns[player]?.push({ from, to: groups[player]?.halt() ?? from });
      }
    }
  } finally {
    for (const group of groups) group.resume();
  }
  return turns;
}

/** Milliseconds of a time span that fall into the turns. */
export const within = (turns: readonly Turn[], time: Turn): number =>
  turns.reduce((sum, { from, to }) => sum + Math.max(0, Math.min(to, time.to) - Math.max(from, time.from)), 0);

/** Some processes and all that they have started. */
class Processes {
  #roots: readonly number[] = [];
  readonly #known = new Set<number>();

  /** @param roots - ids of the topmost processes */
  add(roots: readonly number[]): void {
    this.#roots = roots;
    this.#look();
  }

  /** @returns when all of them were halted */
  halt(): number {
    this.#signal(this.#known, 'SIGSTOP');
    let halted = Date.now();
    // Processes started since the last look may have started others before they were halted.
    for (let found = this.#look(); found.length > 0; found = this.#look()) {
      this.#signal(found, 'SIGSTOP');
      halted = Date.now();
    }
    return halted;
  }

  resume(): void {
    this.#signal(this.#known, 'SIGCONT');
  }

  /** @returns the processes that were not known before */
  #look(): number[] {
    const all = this.#roots.flatMap((root) => [root, ...descendants(root).map(({ pid }) => pid)]);
    const found = all.filter((pid) => !this.#known.has(pid));
    for (const pid of found) this.#known.add(pid);
    return found;
  }

  #signal(pids: Iterable<number>, name: 'SIGSTOP' | 'SIGCONT'): void {
    for (const pid of pids) {
      try {
        process.kill(pid, name);
      } catch {
        // The process has ended.
      }
    }
  }
}
