import { megabytes } from '../../native/tensorflow/cache.mjs';
import { pins } from '../../native/tensorflow/wheels.mjs';

/** @typedef {import('../../native/tensorflow/plan.mjs').Plan} Plan */

/**
 * A plan as text for the user.
 * @param {Plan} plan
 * @returns {string}
 */
export function describePlan(plan) {
  const lines = [
    `Platform ${plan.platform}, device ${plan.device}: ${plan.engine === 'tensorflow' ? `TensorFlow ${plan.version}` : 'the embedded WASM engine'}`,
  ];
  if (plan.wheels.length > 0)
    lines.push('', `Fetch with pip (Python ${pins.python} wheels), ${megabytes(plan.downloadBytes)}:`);
  for (const wheel of plan.wheels) {
    lines.push(
      `  ${wheel.package} ${wheel.version}, ${megabytes(wheel.bytes)}`,
      `    ${wheel.file}`,
      `    sha256 ${wheel.sha256}`,
    );
  }
  if (plan.wheels.length > 0) lines.push('', `Unpack, ${megabytes(plan.unpackedBytes)}:`);
  for (const wheel of plan.wheels) {
    lines.push(`  ${wheel.folder}`, ...wheel.members.map((member) => `    ${member}`));
    const headers = wheel.keep.length - wheel.members.length;
    if (headers > 0) lines.push(`    and ${String(headers)} C headers`);
  }
  const variables = Object.entries(plan.environment);
  if (variables.length > 0) lines.push('', 'Set before the engine starts:');
  for (const [name, value] of variables) lines.push(`  ${name}=${value}`);
  if (plan.engine === 'tensorflow')
    lines.push('', `Compile: the binding of @tensorflow/tfjs-node-gpu, linked to ${plan.libraries.join(' and ')}`);
  for (const note of plan.notes) lines.push('', `Note: ${note}`);
  return `${lines.join('\n')}\n`;
}

/**
 * A plan as JSON.
 * @param {Plan} plan
 * @returns {string}
 */
export function planToJson({
  platform,
  engine,
  device,
  version,
  cache,
  wheels,
  downloadBytes,
  unpackedBytes,
  environment,
  libraries,
  notes,
}) {
  const fetch = wheels.map(({ package: name, version: of, tag, file, sha256, bytes }) => ({
    package: name,
    version: of,
    tag,
    file,
    sha256,
    bytes,
  }));
  const unpack = wheels.map(({ file, folder, keep, unpackedBytes: bytes }) => ({ file, folder, members: keep, bytes }));
  return `${JSON.stringify({ platform, engine, device, version, cache, downloadBytes, unpackedBytes, fetch, unpack, environment, libraries, notes }, null, 2)}\n`;
}
