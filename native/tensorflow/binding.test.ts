import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { describeBinding, findBinding, patchSources } from './binding.mjs';
import { compileBinding, compilerArguments, findCompiler } from './compileBinding.mjs';
import { planTensorFlow } from './plan.mjs';
import { hasTensorflow } from './testEngines.ts';

/** The addon's exports used here. */
interface Binding {
  readonly TF_FLOAT: number;
  readonly TF_ATTR_TYPE: number;
  createTensor(shape: number[], dtype: number, values: Float32Array): number;
  executeOp(name: string, attributes: object[], inputs: number[], outputs: number): { id: number }[];
  tensorDataSync(id: number): Float32Array;
  deleteTensor(id: number): void;
  getNumOfTensors(): number;
}

const quiet = { log: () => undefined };

test.skipIf(!hasTensorflow)('tensor handles are numbered beyond 32 bits, and their tensors are found again', () => {
  Object.assign(process.env, planTensorFlow().environment);
  const binding = createRequire(import.meta.url)(findBinding(planTensorFlow())!) as Binding;
  const id = binding.createTensor([3], binding.TF_FLOAT, new Float32Array([1, 2, 3]));
  expect(id).toBeGreaterThanOrEqual(2 ** 32);
  expect(Number.isSafeInteger(id)).toBe(true);
  const attributes = [{ name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT }];
  const [negated] = binding.executeOp('Neg', attributes, [id], 1);
  expect(negated!.id).toBe(id + 1);
  expect([...binding.tensorDataSync(negated!.id)]).toEqual([-1, -2, -3]);
  const before = binding.getNumOfTensors();
  binding.deleteTensor(id);
  expect(binding.getNumOfTensors()).toBe(before - 1);
  expect(() => {
    binding.deleteTensor(id);
  }).toThrow(`tensor_id: ${id}`);
  // The lower 32 bits of the number identify another tensor or none; never this one.
  expect(() => binding.tensorDataSync(negated!.id - 2 ** 32)).toThrow(/not referenced/);
});

test('an unknown source is refused with the place of the difference', () => {
  const { sources } = describeBinding(planTensorFlow());
  // The patched source is an unknown source: the text to replace is gone.
  expect(() => patchSources(sources)).toThrow(/tfjs_backend\.h has "int32_t InsertHandle\(" 0 times instead of 1/);
});

test.skipIf(!hasTensorflow)('a compiled binding is found, and not compiled again', async () => {
  const lines: string[] = [];
  const file = await compileBinding(planTensorFlow(), { log: (line) => lines.push(line) });
  expect(file).toBe(findBinding(planTensorFlow()));
  expect(existsSync(file)).toBe(true);
  expect(lines).toEqual([]);
});

test('a failing compiler is named with its error, and leaves nothing behind', async () => {
  const cache = mkdtempSync(path.join(tmpdir(), 'orthant-binding-'));
  try {
    const compiler = path.join(cache, 'cxx');
    writeFileSync(
      compiler,
      '#!/bin/sh\n[ "$1" = --version ] && { echo broken 1.0; exit; }\necho "error: out of cheese" >&2; exit 3\n',
      { mode: 0o755 },
    );
    const plan = planTensorFlow({ cache });
    await expect(compileBinding(plan, { ...quiet, env: { ...process.env, CXX: compiler } })).rejects.toThrow(
      /compiling the TensorFlow binding failed with exit code 3: error: out of cheese/,
    );
    expect(findBinding(plan)).toBeUndefined();
    await expect(compileBinding(plan, { ...quiet, env: { PATH: cache } })).rejects.toThrow(
      /no C\+\+ compiler was found/,
    );
  } finally {
    rmSync(cache, { recursive: true });
  }
});

test.skipIf(!hasTensorflow)('the binding finds its libraries by a path relative to itself', () => {
  const plan = planTensorFlow();
  const { file, folder } = describeBinding(plan);
  const header = execFileSync('readelf', ['-d', file], { encoding: 'utf8' });
  const [, runpath] = /\[(\$ORIGIN[^\]]*)\]/.exec(header) ?? [];
  expect(path.resolve(folder, runpath!.replace('$ORIGIN', '.'))).toBe(plan.libraryFolder);
});

test.each([
  ['linux-arm64', ['-shared', '-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2']],
  ['darwin-arm64', ['-bundle', '-undefined', 'dynamic_lookup']],
  ['win32-x64', ['-DCOMPILER_MSVC', '-shared']],
])("on %s the compiler is called with that platform's arguments", (platform, wanted) => {
  const plan = planTensorFlow({ platform });
  const binding = describeBinding(plan);
  const args = compilerArguments(plan, binding, '/work');
  expect(args).toEqual(expect.arrayContaining(['-std=c++17', '-DNAPI_VERSION=8', ...wanted]));
  expect(args.some((each) => each.startsWith('-Wl,-rpath'))).toBe(platform !== 'win32-x64');
  expect(readFileSync(binding.nodeSymbols, 'utf8')).toContain('napi_create_int64');
});

test.skipIf(process.platform === 'win32')('only LLVM’s compiler is used on Windows, or the named one', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'orthant-compiler-'));
  try {
    const gcc = path.join(folder, 'g++');
    writeFileSync(gcc, '#!/bin/sh\necho g++ 13\n', { mode: 0o755 });
    const env = { PATH: folder };
    expect(await findCompiler(env, 'linux')).toEqual({ command: 'g++', version: 'g++ 13' });
    expect(await findCompiler(env, 'win32')).toBeUndefined();
    expect(await findCompiler({ ...env, CXX: gcc }, 'win32')).toEqual({ command: gcc, version: 'g++ 13' });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
