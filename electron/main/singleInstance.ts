import { app } from 'electron';

/**
 * One application at a time: a second start passes its arguments to the first and ends.
 *
 * @param onSecond - called in the first when a second one was started
 * @returns whether this is the first
 */
export function setupSingleInstance(onSecond: () => void): boolean {
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return false;
  }
  app.on('second-instance', onSecond);
  return true;
}
