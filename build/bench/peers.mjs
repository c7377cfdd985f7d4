import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describeFailure, runCommand } from '../../native/tensorflow/command.mjs';
import { findPython } from '../../native/tensorflow/python.mjs';

/**
 * Those we are compared with: the packages they need, a word on their size, and their columns.
 * @type {Record<string, { packages: string[], size: string, step: [title: string, script: string, mode: string][], whole?: string }>}
 */
export const peers = {
  jax: {
    packages: ['jax==0.10.2', 'optax==0.2.8'],
    size: '0.4 GB',
    step: [['JAX', 'step_jax.py', 'scan']],
  },
  torch: {
    packages: ['torch'],
    size: 'on Linux up to 5 GB, since it brings the CUDA libraries',
    step: [
      ['PyTorch eager', 'step_torch.py', 'eager'],
      ['PyTorch compiled', 'step_torch.py', 'compiled'],
    ],
    whole: 'whole_torch.py',
  },
  // Keras stands on one of the others; on JAX it needs nothing more.
  keras: { packages: ['keras', 'jax==0.10.2'], size: '0.4 GB', step: [], whole: 'whole_keras.py' },
  sklearn: { packages: ['scikit-learn'], size: '0.2 GB', step: [], whole: 'whole_sklearn.py' },
};

/**
 * A Python that has the packages of these peers, in a virtual environment that is made or completed first.
 * @param {readonly string[]} names
 * @param {string} folder
 * @param {(line: string) => void} log
 * @returns {Promise<string>} Path of the interpreter. Rejects with what failed, in words.
 */
export async function preparePeers(names, folder, log) {
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
  for (const peer of names) {
    const { packages = [], size } = peers[peer] ?? {};
    const note = path.join(environment, `${peer}.txt`);
    if (existsSync(note)) continue;
    log(`Installing ${packages.join(', ')} into ${environment} (${size}).`);
    await finish(`installing ${peer}`, python, [
      '-m',
      'pip',
      'install',
      '-q',
      '--disable-pip-version-check',
      ...packages,
    ]);
    writeFileSync(note, `${packages.join('\n')}\n`);
  }
  return python;
}

/** @param {string} what @param {string} command @param {string[]} args */
async function finish(what, command, args) {
  const result = await runCommand(command, args, { timeoutMs: 60 * 60_000 });
  if (result.code !== 0) throw new Error(describeFailure(what, result));
}
