import { descendants } from '../../../e2e/processes.ts';

/** From one moment to another, in milliseconds since 1970. */
export interface Turn {
  readonly from: number;
  readonly to: number;
}

/** Work of some processes, and of all that they start. */
export interface Player {
  /** Starts it; resolves once it is at work, with the processes at its top. */
  readonly start: () => Promise<readonly number[]>;
  /** Whether what is measured is over. */
  readonly hasEnded: () => boolean;
}

/**
 * Lets several do their work on the same machine in the same minutes, though never at the same time: each in turn goes on
 * for a moment while the others stand still. What else happens to the machine, neighbours and heat, strikes all of them
 * alike, as it does not strike runs that follow one another. Everywhere but on Windows, which halts nothing.
 *
 * @param turnMs - milliseconds of a turn: short against what happens to the machine, long against the some ten that it
 *   takes until memory lies in the caches again
 * @returns when each of them was at work, in the order in which they are given; nobody stands still any more
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
        groups[player]?.goOn();
        await new Promise((resolve) => setTimeout(resolve, turnMs));
        turns[player]?.push({ from, to: groups[player]?.halt() ?? from });
      }
    }
  } finally {
    for (const group of groups) group.goOn();
  }
  return turns;
}

/** Milliseconds of a time that fall into one of the turns. */
export const within = (turns: readonly Turn[], time: Turn): number =>
  turns.reduce((sum, { from, to }) => sum + Math.max(0, Math.min(to, time.to) - Math.max(from, time.from)), 0);

/** Some processes and all that they have started. */
class Processes {
  #roots: readonly number[] = [];
  readonly #known = new Set<number>();

  /** @param roots - the processes at the top, which are running */
  add(roots: readonly number[]): void {
    this.#roots = roots;
    this.#look();
  }

  /** Returns when all of them stood still. */
  halt(): number {
    this.#signal(this.#known, 'SIGSTOP');
    let stoodStill = Date.now();
    // What they have started since; it may have started others before it stood still itself.
    for (let found = this.#look(); found.length > 0; found = this.#look()) {
      this.#signal(found, 'SIGSTOP');
      stoodStill = Date.now();
    }
    return stoodStill;
  }

  goOn(): void {
    this.#signal(this.#known, 'SIGCONT');
  }

  /** Those that were not known before. */
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
        // It has ended.
      }
    }
  }
}
