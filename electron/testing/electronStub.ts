/**
 * A stub of the module `electron` that keeps its semantics where they matter: every message is a structured clone and
 * arrives later, frames have addresses and parents, a preload script sees only what the sandbox has, `app` emits its
 * events in their real order and refuses calls that come too early or too late, a utility process is a process.
 *
 * It has no MessagePort: the application uses none, all its messages are copies.
 *
 * Used by `vi.mock('electron', () => import('.../testing/electronStub.ts'))`; the state is the test file's own.
 */
export { app } from './stub/app.ts';
export { load, protocol, session } from './stub/electronSession.ts';
export { dialog, Menu, Notification, powerSaveBlocker, shell } from './stub/system.ts';
export { utilityProcess } from './stub/utilityProcess.ts';
export { BrowserWindow, frameOf, ipcMain } from './stub/windows.ts';
