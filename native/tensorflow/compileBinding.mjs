import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeFolder, move } from '../system/files.mjs';
import { withLock } from '../system/lock.mjs';
import { bindingFile, bindingNote, describeBinding } from './binding.mjs';
import { describeFailure, runCommand } from '../system/command.mjs';

/** @typedef {import('./plan.mjs').Plan} Plan */
/** @typedef {ReturnType<typeof describeBinding>} Binding */

/**
 * The usual compilers. On Windows TensorFlow's library must be linked as Microsoft's tools link; of these only LLVM's
 * compiler does that: a g++ from MSYS2 or Strawberry Perl would fail.
 * @param {string} platform As `process.platform`.
 */
const usualCompilers = (platform) => (platform === 'win32' ? ['clang++'] : ['c++', 'g++', 'clang++']);

/**
 * The first of `CXX` and the usual compilers that runs.
 * @param {NodeJS.ProcessEnv} env
 * @param {string} [platform] As `process.platform`.
 * @returns {Promise<{ command: string, version: string } | undefined>}
 */
export async function findCompiler(env, platform = process.platform) {
  for (const command of [env.CXX, ...usualCompilers(platform)]) {
    if (!command) continue;
    const result = await runCommand(command, ['--version'], { timeoutMs: 30_000, env });
    if (result.code === 0) return { command, version: result.stdout.split('\n')[0]?.trim() ?? '' };
  }
  return undefined;
}

/**
 * The compiler's arguments. The addon finds TensorFlow's libraries by a path relative to itself, so that the cache
 * folder can be moved.
 * @param {Plan} plan
 * @param {Binding} binding
 * @param {string} folder Holds the sources and receives the addon.
 * @returns {string[]}
 */
export function compilerArguments(plan, binding, folder) {
  const join = path.join;
  const sources = Object.keys(binding.sources).filter((name) => name.endsWith('.cc'));
  const common = [
    '-std=c++17',
    '-O2',
    '-w',
    '-DNAPI_VERSION=8',
    `-I${binding.nodeHeaders}`,
    `-I${plan.includeFolder}`,
    '-o',
    join(folder, bindingFile),
    ...sources.map((name) => join(folder, name)),
  ];
  const relative = path.relative(binding.folder, plan.libraryFolder);
  const libraries = plan.libraries.filter((name) => !name.endsWith('.dll'));
  if (plan.platform.startsWith('linux')) {
    return [
      ...common,
      '-fPIC',
      '-shared',
      `-L${plan.libraryFolder}`,
      ...libraries.map((name) => `-l:${name}`),
      `-Wl,-rpath,$ORIGIN/${relative}`,
    ];
  }
  if (plan.platform.startsWith('darwin')) {
    return [
      ...common,
      '-fPIC',
      '-bundle',
      '-undefined',
      'dynamic_lookup',
      ...libraries.map((name) => join(plan.libraryFolder, name)),
      `-Wl,-rpath,@loader_path/${relative}`,
    ];
  }
  // Windows, LLVM's clang++: Node's symbols come from an import library made from the list in node-api-headers.
  return [
    ...common,
    '-DCOMPILER_MSVC',
    '-shared',
    ...libraries.map((name) => join(plan.libraryFolder, name)),
    join(folder, 'node_api.lib'),
  ];
}

/**
 * Compiles the binding unless it exists and was made by the same compiler. It is written under a temporary name and
 * renamed when it is complete.
 * @param {Plan} plan Its wheels must be unpacked.
 * @param {{ log: (line: string) => void, env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<string>} Path of the addon. Rejects with a description of the failure.
 */
export async function compileBinding(plan, { log, env = process.env }) {
  const binding = describeBinding(plan);
  const compiler = await findCompiler(env);
  const note = compiler && `${JSON.stringify({ compiler: compiler.version }, null, 2)}\n`;
  // Without a compiler a binding that was compiled earlier is still used.
  const isCurrent = () => {
    const file = path.join(binding.folder, bindingNote);
    return existsSync(file) && existsSync(binding.file) && (note === undefined || readFileSync(file, 'utf8') === note);
  };
  if (isCurrent()) return binding.file;
  if (!compiler || note === undefined) {
    throw new Error(
      `no C++ compiler was found (tried ${['CXX', ...usualCompilers(process.platform)].join(', ')}). Install one (Debian, Ubuntu: apt install g++; macOS: xcode-select --install; Windows: winget install LLVM.LLVM, and put it on the PATH)`,
    );
  }
  return withLock(path.join(plan.cache, '.lock'), async () => {
    if (isCurrent()) return binding.file;
    log(`Compiling the TensorFlow binding with ${compiler.version}`);
    const folder = path.join(plan.cache, '.incoming', randomBytes(6).toString('hex'));
    makeFolder(folder);
    try {
      for (const [name, text] of Object.entries(binding.sources)) writeFileSync(path.join(folder, name), text);
      if (plan.platform.startsWith('win32')) await makeNodeLibrary(binding, folder, env);
      const args = compilerArguments(plan, binding, folder);
      const result = await runCommand(compiler.command, args, { timeoutMs: 10 * 60_000, env, cwd: folder });
      if (result.code !== 0) throw new Error(describeFailure('compiling the TensorFlow binding', result));
      writeFileSync(path.join(folder, bindingNote), note);
      rmSync(binding.folder, { recursive: true, force: true });
      move(folder, binding.folder);
    } finally {
      // This process holds the lock, so other folders here are leftovers.
      rmSync(path.dirname(folder), { recursive: true, force: true });
    }
    return binding.file;
  });
}

/**
 * @param {Binding} binding
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} env
 */
async function makeNodeLibrary(binding, folder, env) {
  const args = ['-d', binding.nodeSymbols, '-l', path.join(folder, 'node_api.lib'), '-m', 'i386:x86-64'];
  const result = await runCommand('llvm-dlltool', args, { timeoutMs: 60_000, env });
  if (result.code !== 0) throw new Error(describeFailure('llvm-dlltool, which comes with LLVM for Windows,', result));
}
