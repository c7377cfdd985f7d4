import { app, dialog } from 'electron';
import path from 'node:path';
import { toErrorMessage } from '../../native/contract/errors.ts';
import { prepareState } from '../services/folders.ts';

/**
 * Gives Chromium a folder below the host's; if it cannot be written, shows the error and ends the application.
 *
 * @returns whether the application can continue
 */
export function setupUserData(stateFolder: string): boolean {
  const folder = path.join(stateFolder, 'window');
  try {
    prepareState(folder);
    app.setPath('userData', folder);
    return true;
  } catch (error) {
    // Before the application is ready, Linux prints it to standard error.
    dialog.showErrorBox('Orthant cannot start', toErrorMessage(error).message);
    app.exit(1);
    return false;
  }
}
