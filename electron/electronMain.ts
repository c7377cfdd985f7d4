import { app } from 'electron';
import path from 'node:path';
import { orthantVersion } from '../native/contract/version.ts';
import { registerAppScheme, setupAppProtocol } from './main/appProtocol.ts';
import { setupAttention } from './main/attention.ts';
import { setupClosing } from './main/closing.ts';
import { electronPlatform } from './main/dialogs.ts';
import { setupMainWindow } from './main/mainWindow.ts';
import { setupMenu } from './main/menu.ts';
import { setupOpenFiles } from './main/openFiles.ts';
import { setupSecurity } from './main/security.ts';
import { setupSingleInstance } from './main/singleInstance.ts';
import { setupTerminal } from './main/terminal.ts';
import { setupUserData } from './main/userData.ts';
import { utilityEngine } from './main/utilityEngine.ts';
import { setupWindowIpc } from './main/windowIpc.ts';
import { findFolders } from './services/folders.ts';
import { Host } from './services/host.ts';
import { RendererFiles } from './services/rendererFiles.ts';

/**
 * The entry of Electron's main process: windows, menus, dialogs, and the owner of the engine processes. It computes
 * nothing. Steps that must happen before the application is ready run while this module is loaded.
 */

const built = import.meta.dirname;
const folders = findFolders();

app.setName('Orthant');
const hasFolder = setupUserData(folders.state);
// Windows groups notifications and task bar entries by this id.
if (process.platform === 'win32') app.setAppUserModelId('org.orthant.Orthant');
app.enableSandbox();
registerAppScheme();
// A closed terminal takes no more text; the application continues without it.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

let showWindow = (): void => undefined;
const isFirst = setupSingleInstance(() => {
  showWindow();
});
const onFiles = setupOpenFiles();

if (hasFolder && isFirst) void app.whenReady().then(start);

async function start(): Promise<void> {
  const log = (text: string): void => {
    process.stderr.write(text);
  };
  const host = new Host({
    kind: 'electron',
    dialogs: true,
    version: orthantVersion,
    folders,
    launch: utilityEngine(path.join(built, '..', 'native', 'engine.js'), log),
  });
  setupSecurity();
  setupAppProtocol(new RendererFiles(path.join(built, '..', 'renderer')));
  const connectWindow = setupWindowIpc(host, (text) => {
    log(`${text}\n`);
  });
  const window = setupMainWindow(built, (opened) => {
    connectWindow(opened.webContents, electronPlatform(opened, folders.state));
    closing.watch(opened);
  });
  const closing = setupClosing(host, window);
  showWindow = () => {
    window.show();
  };
  setupTerminal(host, log);
  setupAttention(host, window);
  host.start();
  window.show();
  onFiles((file) => {
    window.show();
    host.openFile(file);
  });
  const refreshMenu = setupMenu(host, showWindow);
  host.recentFiles.onChange(() => void refreshMenu());
  await refreshMenu();
}
