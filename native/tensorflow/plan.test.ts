import { homedir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { cacheFolder } from '../system/folders.mjs';
import { planTensorFlow, platforms } from './plan.mjs';
import { engineVariables } from './variables.mjs';
import { pins } from './wheels.mjs';

const plan = (platform: string, gpu = false) => planTensorFlow({ platform, gpu, cache: '/cache', env: {} });
const names = (platform: string, gpu = false) => plan(platform, gpu).wheels.map((wheel) => wheel.package);

describe('downloads', () => {
  test.each([
    ['linux-x64', 'tensorflow-cpu', 'manylinux_2_27_x86_64', 274],
    ['linux-arm64', 'tensorflow', 'manylinux_2_27_aarch64', 282],
    ['darwin-arm64', 'tensorflow', 'macosx_12_0_arm64', 223],
    ['win32-x64', 'tensorflow', 'win_amd64', 351],
  ])('on %s without a card: one wheel, %s for %s of %d MB', (platform, name, tag, megabytes) => {
    const { wheels, downloadBytes, device, engine, libraries } = plan(platform);
    expect({ engine, device }).toEqual({ engine: 'tensorflow', device: 'cpu' });
    expect(wheels.map((wheel) => [wheel.package, wheel.version, wheel.tag])).toEqual([[name, '2.21.0', tag]]);
    expect(Math.round(downloadBytes / 1e6)).toBe(megabytes);
    expect(wheels[0]!.file).toMatch(new RegExp(`-2\\.21\\.0-cp312-cp312-${tag}\\.whl$`));
    expect(libraries).toHaveLength(2);
    expect(wheels[0]!.keep).toEqual(
      expect.arrayContaining(['tensorflow/include/tensorflow/c/c_api.h', ...wheels[0]!.members]),
    );
  });

  test('on Linux x64 with a card: the GPU wheel, and each CUDA package that its metadata requires', () => {
    const { device, wheels, downloadBytes } = plan('linux-x64', true);
    expect(device).toBe('gpu');
    // Requires-Dist of tensorflow 2.21.0 with the extra "and-cuda".
    const cuda = [
      'cublas',
      'cuda-cupti',
      'cuda-nvcc',
      'cuda-nvrtc',
      'cuda-runtime',
      'nvjitlink',
      'cudnn',
      'cufft',
      'curand',
      'cusolver',
      'cusparse',
      'nccl',
    ];
    expect(names('linux-x64', true)).toEqual(['tensorflow', ...cuda.map((name) => `nvidia-${name}-cu12`)]);
    expect(Math.round(downloadBytes / 1e6)).toBe(2514);
    for (const { package: name, version } of wheels.slice(1)) {
      expect(Number(version.split('.')[0]), name).toBeLessThan(13);
    }
  });

  test.each([
    ['linux-arm64', /no CUDA kernels/],
    ['darwin-arm64', /Linux x86-64 only/],
    ['win32-x64', /WSL2/],
  ])('on %s a card changes nothing, and a note explains it', (platform, note) => {
    expect(names(platform, true)).toEqual(names(platform));
    expect(plan(platform, true).device).toBe('cpu');
    expect(plan(platform, true).notes.join(' ')).toMatch(note);
  });

  test('without a wheel, the embedded engine is planned', () => {
    expect(plan('darwin-x64')).toMatchObject({ engine: 'wasm', wheels: [], downloadBytes: 0, environment: {} });
    expect(plan('darwin-x64').notes[0]).toMatch(/no TensorFlow 2\.21\.0 wheel for darwin-x64/);
  });

  test('every pin is complete, and no two unpack into the same folder', () => {
    const all = [...Object.values(pins.tensorflow), ...pins.cuda];
    for (const wheel of all) {
      expect(wheel.sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(wheel.members.length).toBeGreaterThan(0);
      expect(wheel.file).toContain(`-${wheel.version}-`);
      expect(wheel.unpackedBytes).toBeGreaterThan(wheel.bytes / 2);
    }
    expect(new Set(all.map((wheel) => wheel.sha256)).size).toBe(all.length);
    const folders = platforms.flatMap((platform) => plan(platform, true).wheels.map((wheel) => wheel.folder));
    expect(new Set(folders).size).toBe(folders.length);
    expect(plan('linux-x64').wheels[0]!.folder).not.toBe(plan('linux-x64', true).wheels[0]!.folder);
  });
});

describe('folders', () => {
  test.each([
    ['linux', {}, '/home/ada', '/home/ada/.cache/orthant'],
    ['linux', { XDG_CACHE_HOME: '/big' }, '/home/ada', '/big/orthant'],
    ['darwin', {}, '/Users/ada', '/Users/ada/Library/Caches/orthant'],
    [
      'win32',
      { LOCALAPPDATA: 'C:\\Users\\ada\\AppData\\Local' },
      'C:\\Users\\ada',
      'C:\\Users\\ada\\AppData\\Local\\orthant',
    ],
    ['win32', {}, 'C:\\Users\\ada', 'C:\\Users\\ada\\AppData\\Local\\orthant'],
    [process.platform, { ORTHANT_CACHE: '/else/where' }, '/home/ada', '/else/where'],
  ])('on %s with %o', (platform, env, home, wanted) => {
    expect(cacheFolder(env, platform, home)).toBe(wanted);
  });

  test("a plan for this machine uses its cache folder, one for another kind of machine names that kind's", () => {
    expect(planTensorFlow({ platform: `${process.platform}-x64`, env: {} }).cache).toBe(
      cacheFolder({}, process.platform, homedir()),
    );
    expect(planTensorFlow({ platform: 'darwin-arm64', env: { ORTHANT_CACHE: '/mine' } }).cache).toBe(
      process.platform === 'darwin' ? '/mine' : '~/Library/Caches/orthant',
    );
  });

  test("libraries and headers lie inside the wheel's folder, with the platform's separators", () => {
    expect(plan('linux-x64').libraryFolder).toBe('/cache/tensorflow-cpu-2.21.0-linux-x64/tensorflow');
    expect(plan('linux-x64').includeFolder).toBe('/cache/tensorflow-cpu-2.21.0-linux-x64/tensorflow/include');
    expect(planTensorFlow({ platform: 'win32-x64', cache: 'C:\\c', env: {} }).libraryFolder).toBe(
      'C:\\c\\tensorflow-2.21.0-win32-x64\\tensorflow\\python',
    );
  });
});

describe('environment variables', () => {
  const quiet = { TF_CPP_MIN_LOG_LEVEL: '2', TF_ENABLE_ONEDNN_OPTS: '0', TF_OVERRIDE_GLOBAL_THREADPOOL: '1' };

  test.each(['linux-x64', 'linux-arm64', 'darwin-arm64'])(
    'on %s without a card: no variable that must be set before the start',
    (platform) => {
      expect(plan(platform).environment).toEqual(quiet);
    },
  );

  test("on Windows the library's folder is put on PATH", () => {
    expect(planTensorFlow({ platform: 'win32-x64', cache: 'C:\\c', env: {} }).environment).toEqual({
      ...quiet,
      PATH: 'C:\\c\\tensorflow-2.21.0-win32-x64\\tensorflow\\python',
    });
  });

  test('with a card: the CUDA libraries, ptxas, libdevice, growing memory, one card', () => {
    const { environment, wheels } = plan('linux-x64', true);
    const libraries = environment.LD_LIBRARY_PATH!.split(':');
    // Every CUDA wheel except the compiler's has one library folder.
    expect(libraries).toHaveLength(wheels.length - 2);
    for (const wheel of wheels.slice(1)) {
      const holds = libraries.filter((folder) => folder.startsWith(`${wheel.folder}/`));
      expect(holds, wheel.package).toHaveLength(wheel.package === 'nvidia-cuda-nvcc-cu12' ? 0 : 1);
    }
    const toolkit = '/cache/nvidia-cuda-nvcc-cu12-12.6.85-linux-x64/nvidia/cuda_nvcc';
    expect(environment).toMatchObject({
      ...quiet,
      PATH: `${toolkit}/bin`,
      XLA_FLAGS: `--xla_gpu_cuda_data_dir=${toolkit}`,
      TF_FORCE_GPU_ALLOW_GROWTH: 'true',
      CUDA_VISIBLE_DEVICES: '0',
    });
    const kept = wheels.find((wheel) => wheel.package === 'nvidia-cuda-nvcc-cu12')!.keep;
    expect(kept).toEqual(
      expect.arrayContaining(['nvidia/cuda_nvcc/bin/ptxas', 'nvidia/cuda_nvcc/nvvm/libdevice/libdevice.10.bc']),
    );
  });

  const card = {
    platform: 'linux-x64',
    device: 'gpu',
    libraryFolders: ['/tf'],
    cudaFolders: ['/a', '/b'],
    cudaToolkit: '/nvcc',
  } as const;

  test("the user's variables are kept: paths are put in front, flags behind, values unchanged", () => {
    const env = {
      LD_LIBRARY_PATH: '/own:/b',
      PATH: '/bin',
      XLA_FLAGS: '--xla_dump_to=/tmp/x',
      TF_FORCE_GPU_ALLOW_GROWTH: 'false',
      CUDA_VISIBLE_DEVICES: '2',
      TF_CPP_MIN_LOG_LEVEL: '0',
      TF_ENABLE_ONEDNN_OPTS: '1',
      TF_OVERRIDE_GLOBAL_THREADPOOL: '0',
    };
    expect(engineVariables({ ...card, card: '2', env })).toEqual({
      LD_LIBRARY_PATH: '/a:/own:/b',
      PATH: '/nvcc/bin:/bin',
      XLA_FLAGS: '--xla_dump_to=/tmp/x --xla_gpu_cuda_data_dir=/nvcc',
    });
  });

  test('XLA flags with spaces in their values stay intact, added ones and existing ones', () => {
    const dump = `--xla_dump_to="/tmp/my \\"dumps\\"" --xla_dump_hlo_as_text`;
    const spaced = { ...card, cudaToolkit: '/home/ada b/nvcc' };
    const { XLA_FLAGS } = engineVariables({ ...spaced, env: { XLA_FLAGS: dump } });
    expect(XLA_FLAGS).toBe(`${dump} --xla_gpu_cuda_data_dir="/home/ada b/nvcc"`);
    expect(engineVariables({ ...spaced, env: { XLA_FLAGS } })).not.toHaveProperty('XLA_FLAGS');
    // A name within the value of another flag is not a flag.
    const env = { XLA_FLAGS: "--xla_dump_to='/tmp/a --xla_gpu_cuda_data_dir=/b'" };
    expect(engineVariables({ ...card, env }).XLA_FLAGS).toBe(`${env.XLA_FLAGS} --xla_gpu_cuda_data_dir=/nvcc`);
  });

  test('a process that has all variables needs nothing', () => {
    const env = engineVariables({ ...card, deterministic: true, env: {} });
    expect(engineVariables({ ...card, deterministic: true, env })).toEqual({});
  });

  test('of several cards one is chosen, since the binding uploads to the last and computes on the first', () => {
    expect(engineVariables({ ...card, card: '3', env: {} }).CUDA_VISIBLE_DEVICES).toBe('3');
    expect(engineVariables({ ...card, card: 'GPU-3', env: { CUDA_VISIBLE_DEVICES: '1,2' } }).CUDA_VISIBLE_DEVICES).toBe(
      'GPU-3',
    );
  });

  test('deterministic kernels are requested where they are wanted', () => {
    expect(engineVariables({ ...card, deterministic: true, env: {} })).toMatchObject({
      TF_DETERMINISTIC_OPS: '1',
      XLA_FLAGS: '--xla_gpu_cuda_data_dir=/nvcc --xla_gpu_deterministic_ops=true',
    });
    expect(engineVariables({ ...card, env: {} })).not.toHaveProperty('TF_DETERMINISTIC_OPS');
    expect(engineVariables({ ...card, device: 'cpu', deterministic: true, env: {} })).not.toHaveProperty(
      'TF_DETERMINISTIC_OPS',
    );
  });

  test("the CPU with the card's libraries hide the cards", () => {
    expect(engineVariables({ ...card, device: 'cpu', env: {} }).CUDA_VISIBLE_DEVICES).toBe('-1');
    expect(engineVariables({ ...card, device: 'cpu', env: {} })).not.toHaveProperty('LD_LIBRARY_PATH');
  });
});

test('paths of the plan for this machine are absolute', () => {
  expect(planTensorFlow().wheels.every((wheel) => path.isAbsolute(wheel.folder))).toBe(true);
});
