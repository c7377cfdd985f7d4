import { createRequire } from 'node:module';
import { cpus, freemem, totalmem } from 'node:os';
import type { DoctorReport } from '../contract/doctorReport.ts';
import { OrthantError } from '../contract/errors.ts';
import { orthantVersion } from '../contract/version.ts';
import { processorName } from './backend.ts';
import { cacheFolder } from '../system/folders.mjs';
import { folderBytes } from './cache.mjs';
import { chooseEngine, choiceVariables, whyNoCard, type Choice, type EngineOptions } from './choice.ts';
import { runCommand } from '../system/command.mjs';
import { findCompiler } from './compileBinding.mjs';
import { findInstallation, setupCommand, type Installation } from './installation.ts';
import { planTensorFlow } from './plan.mjs';
import { findPython } from './python.mjs';

const require = createRequire(import.meta.url);

type Missing = DoctorReport['missing'][number];

/**
 * The engine that training would use on this machine, the reason, and missing parts. TensorFlow is loaded in a separate
 * process, so that the report tests the loading and not only the files. Changes nothing and needs no network.
 * @throws OrthantError `engine` if a requested engine or device is not available.
 */
export async function diagnose(
  options: EngineOptions = {},
  env: NodeJS.ProcessEnv = process.env,
): Promise<DoctorReport> {
  const installation = await findInstallation(env);
  const choice = chooseEngine(installation, options);
  const warnings = [...choice.warnings];
  const missing = await findMissing(installation, env);
  const loaded = await loadElsewhere(choice, installation, env, options.deterministic);
  let report: Pick<DoctorReport, 'engine' | 'version' | 'device' | 'deviceName' | 'reason'> = {
    engine: 'wasm',
    version: (require('@tensorflow/tfjs-backend-wasm/package.json') as { version: string }).version,
    device: 'cpu',
    deviceName: processorName(),
    reason: choice.reason,
  };
  if (loaded.problem !== undefined) {
    const problem = `TensorFlow is installed but cannot be loaded: ${loaded.problem}`;
    if (options.engine === 'tensorflow') throw new OrthantError('engine', problem, { field: 'engine' });
    warnings.push(problem);
    missing.push({
      what: 'A TensorFlow that can be loaded',
      effect: 'The embedded WASM engine is used, which is slower.',
      command: setupCommand,
    });
    report.reason = 'TensorFlow is installed but cannot be loaded.';
  } else if (loaded.version !== undefined) {
    const onCard = loaded.gpu === true;
    if (choice.useCard && !onCard)
      warnings.push(`The CPU is used: TensorFlow cannot use the ${installation.card?.name ?? 'card'}.`);
    report = {
      ...report,
      engine: 'tensorflow',
      version: loaded.version,
      device: onCard ? 'gpu' : 'cpu',
      deviceName: onCard ? (installation.card?.name ?? '') : processorName(),
    };
  }
  const folder = cacheFolder(env);
  return {
    orthant: orthantVersion,
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    ...report,
    cores: cpus().length,
    memory: { totalBytes: totalmem(), freeBytes: freemem() },
    cuda: describeCuda(installation),
    cache: { folder, bytes: folderBytes(folder) },
    missing,
    warnings,
  };
}

function describeCuda(installation: Installation): DoctorReport['cuda'] {
  const { card, cards, gpu } = installation;
  const shown = card ?? cards[0];
  const cuda = gpu?.plan.wheels.find((wheel) => wheel.package === 'nvidia-cuda-runtime-cu12');
  return {
    ...(shown && { card: `${shown.name} (compute capability ${shown.computeCapability})`, driver: shown.driver }),
    ...(cuda && { libraries: `CUDA ${cuda.version}` }),
    note:
      card !== undefined && gpu !== undefined
        ? 'TensorFlow trains on the card.'
        : `The CPU is used: ${whyNoCard(installation)}.`,
  };
}

async function findMissing({ cpu, gpu, card, missing }: Installation, env: NodeJS.ProcessEnv): Promise<Missing[]> {
  const found: Missing[] = [];
  const slower = 'The embedded WASM engine is used, which is slower.';
  if (cpu === undefined && gpu === undefined) {
    const { python, tried } = await findPython(env);
    const compiler = await findCompiler(env);
    if (planTensorFlow({ env }).engine === 'tensorflow') {
      if (python === undefined) {
        found.push({
          what: `Python with pip, to fetch TensorFlow (tried ${tried.join(', ')})`,
          effect: slower,
          ...install('python3-pip', 'python'),
        });
      }
      if (compiler === undefined) {
        found.push({
          what: 'A C++ compiler, for the binding to TensorFlow',
          effect: slower,
          ...install('g++', 'xcode-select'),
        });
      }
    }
    found.push({ what: `TensorFlow: ${missing.cpu ?? ''}`, effect: slower, command: setupCommand });
  }
  if (card !== undefined && gpu === undefined) {
    found.push({
      what: `TensorFlow for the ${card.name}: ${missing.gpu ?? ''}`,
      effect: 'Training uses the CPU.',
      command: `${setupCommand} --gpu`,
    });
  }
  return found;
}

/** The command that installs a system package here, if there is a usual one. */
function install(debian: string, mac: 'python' | 'xcode-select'): { command?: string } {
  if (process.platform === 'linux') return { command: `sudo apt install ${debian}` };
  if (process.platform === 'darwin')
    return { command: mac === 'python' ? 'brew install python' : 'xcode-select --install' };
  return {};
}

const loadScript = `const binding = require(process.argv[1]);
process.stdout.write(JSON.stringify({ version: binding.TF_Version, gpu: binding.isUsingGpuDevice() }));`;

/**
 * Loads the chosen libraries in another process, with the environment that training would have. Does nothing for the WASM
 * engine. Electron's own program cannot run a script, so there it only checks that the files exist.
 */
async function loadElsewhere(
  choice: Choice,
  installation: Installation,
  env: NodeJS.ProcessEnv,
  deterministic?: boolean,
): Promise<{ version?: string; gpu?: boolean; problem?: string }> {
  const { provisioned } = choice;
  if (provisioned === undefined) return {};
  if ('electron' in process.versions) return { version: provisioned.plan.version, gpu: choice.useCard };
  const more = choiceVariables(choice, installation, env, deterministic);
  const result = await runCommand(process.execPath, ['-e', loadScript, provisioned.binding], {
    timeoutMs: 60_000,
    env: { ...env, ...more },
  });
  if (result.code === 0)
    return JSON.parse(result.stdout.slice(result.stdout.lastIndexOf('{'))) as { version: string; gpu: boolean };
  const reason = /Error: (.*)/.exec(result.stderr)?.[1] ?? result.stderr.trim().split('\n').pop() ?? '';
  return {
    problem: result.timedOut
      ? 'loading it takes more than a minute'
      : reason === ''
        ? 'the process that loads it ends at once'
        : reason,
  };
}
