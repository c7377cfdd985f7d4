import { app, dialog } from 'electron';
import path from 'node:path';
import { toErrorMessage } from '../../native/contract/errors.ts';
import { prepareState } from '../services/folders.ts';

/**
 * Gives Chromium a folder for its own below the host's; where that cannot be written, says so and ends the application.
 *
 * @returns whether the application can go on
 */
export function setupUserData(stateFolder: string): boolean {
  const folder = path.join(stateFolder, 'window');
  try {
    prepareState(folder);
    app.setPath('userData', folder);
    return true;
  } catch (error) {
    // Before the application is ready, Linux has it on standard error.
    dialog.showErrorBox('Orthant cannot start', toErrorMessage(error).message);
    app.exit(1);
    return false;
  }
}
