import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describeFailure, runCommand } from '../../native/system/command.mjs';
import { findPython } from '../../native/tensorflow/python.mjs';

/**
 * The programs we are compared with: the packages they need, a note on their size, and their columns. `step` for the step
 * benches, `whole` the script of the whole run; `withCard` the packages to install instead where there is an NVIDIA card,
 * because the usual ones would run on the processor there.
 * @typedef {{ packages: string[], size: string }} Installed
 * @typedef {{ title: string, script: string, mode: string }} StepPeer
 * @type {Record<string, Installed & { withCard?: Installed, step: StepPeer[], whole?: { title: string, script: string } }>}
 */
export const peers = {
  jax: {
    packages: ['jax==0.10.2', 'optax==0.2.8'],
    size: '0.4 GB',
    withCard: {
      packages: ['jax[cuda12]==0.10.2', 'optax==0.2.8'],
      size: 'several GB, since it brings the CUDA libraries',
    },
    step: [{ title: 'JAX', script: 'step_jax.py', mode: 'scan' }],
  },
  torch: {
    packages: ['torch==2.15.0'],
    size: 'on Linux up to 5 GB, since it brings the CUDA libraries',
    step: [
      { title: 'PyTorch eager', script: 'step_torch.py', mode: 'eager' },
      { title: 'PyTorch compiled', script: 'step_torch.py', mode: 'compiled' },
    ],
    whole: { title: 'PyTorch, DataLoader', script: 'whole_torch.py' },
  },
};

/**
 * Path of a Python with the packages of these peers; see {@link preparePython}.
 * @param {readonly string[]} names
 * @param {string} folder
 * @param {boolean} card Whether there is an NVIDIA card to run on.
 * @param {(line: string) => void} log
 */
export const preparePeers = (names, folder, card, log) =>
  preparePython(Object.fromEntries(names.map((name) => [name, installed(name, card)])), folder, log);

/**
 * Path of a Python with these packages, in a virtual environment that is made or completed first.
 * @param {Readonly<Record<string, Installed>>} sets Packages that belong together, by name.
 * @param {string} folder
 * @param {(line: string) => void} log
 * @returns {Promise<string>} Path of the interpreter. Rejects with a description of the failure.
 */
export async function preparePython(sets, folder, log) {
  const environment = path.join(folder, 'python');
  const [binaries, name] = process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python'];
  const python = path.join(environment, binaries, name);
  if (!existsSync(python)) {
    const found = await findPython();
    if (found.python === undefined) throw new Error(`no Python was found: ${found.tried.join(', ')}`);
    mkdirSync(folder, { recursive: true });
    const { command, args } = found.python;
    await finish('making a virtual environment', command, [...args, '-m', 'venv', environment]);
  }
  for (const [set, { packages, size }] of Object.entries(sets)) {
    const note = path.join(environment, `${set}.txt`);
    const wanted = `${packages.join('\n')}\n`;
    if (existsSync(note) && readFileSync(note, 'utf8') === wanted) continue;
    log(`Installing ${packages.join(', ')} into ${environment} (${size}).`);
    const pip = ['-m', 'pip', 'install', '-q', '--disable-pip-version-check'];
    await finish(`installing ${set}`, python, [...pip, ...packages]);
    writeFileSync(note, wanted);
  }
  return python;
}

/**
 * The packages of a peer on a machine with or without an NVIDIA card. CUDA's are for Linux only.
 * @param {string} peer
 * @param {boolean} card
 * @returns {Installed}
 */
export function installed(peer, card) {
  const found = peers[peer];
  if (found === undefined) throw new Error(`there is no peer "${peer}"`);
  return (card && process.platform === 'linux' ? found.withCard : undefined) ?? found;
}

/** @param {string} what @param {string} command @param {string[]} args */
async function finish(what, command, args) {
  const result = await runCommand(command, args, { timeoutMs: 60 * 60_000 });
  if (result.code !== 0) throw new Error(describeFailure(what, result));
}
