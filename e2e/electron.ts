import { existsSync } from 'node:fs';
import path from 'node:path';
import { findElectron } from '../build/start/electronBinary.mjs';

/** Electron's binary, if it is on this computer: the package alone does not bring it. */
export function electronExecutable(): string | undefined {
  const given = process.env.ORTHANT_ELECTRON_BIN;
  if (given !== undefined && given !== '') return existsSync(given) ? given : undefined;
  return findElectron(path.join(import.meta.dirname, '..'));
}
