import path from 'node:path';
import { findElectron } from '../build/start/electronBinary.mjs';

/** Electron's binary, if it is on this computer: the package alone does not contain it. */
export const electronExecutable = (): string | undefined => findElectron(path.join(import.meta.dirname, '..'));

/** The reason to skip project `electron` without Electron. */
export const noElectron = 'There is no Electron binary at ORTHANT_ELECTRON_BIN or in node_modules/electron/dist.';
