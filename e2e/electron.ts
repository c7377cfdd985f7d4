import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');

/** Electron's binary, if it is on this computer: the package alone does not bring it. */
export function electronExecutable(): string | undefined {
  const given = process.env.ORTHANT_ELECTRON_BIN;
  if (given !== undefined && given !== '') return existsSync(given) ? given : undefined;
  const folder = path.join(root, 'node_modules/electron');
  const named = path.join(folder, 'path.txt');
  if (!existsSync(named)) return undefined;
  const binary = path.join(folder, 'dist', readFileSync(named, 'utf8').trim());
  return existsSync(binary) ? binary : undefined;
}
