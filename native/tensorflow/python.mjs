import { runCommand } from '../system/command.mjs';

/**
 * A Python with pip, as the start of a command line.
 * @typedef {{ command: string, args: string[], pip: string }} Python
 */

/**
 * The first of `ORTHANT_PYTHON`, `python3`, `python` and `py -3` that has pip.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<{ python?: Python, tried: string[] }>} `tried` gives the reason against each rejected candidate.
 */
export async function findPython(env = process.env) {
  const candidates = [
    ...(env.ORTHANT_PYTHON ? [{ command: env.ORTHANT_PYTHON, args: [] }] : []),
    { command: 'python3', args: [] },
    { command: 'python', args: [] },
    { command: 'py', args: ['-3'] },
  ];
  const tried = [];
  for (const { command, args } of candidates) {
    const result = await runCommand(command, [...args, '-m', 'pip', '--version'], { timeoutMs: 60_000, env });
    const pip = /^pip ([\d.]+)/m.exec(result.stdout)?.[1];
    if (result.code === 0 && pip) return { python: { command, args, pip }, tried };
    const name = [command, ...args].join(' ');
    tried.push(`${name} (${result.error ? 'not found' : result.timedOut ? 'does not answer' : 'has no pip'})`);
  }
  return { tried };
}
