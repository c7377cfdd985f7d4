import type { MenuItemConstructorOptions } from 'electron';
import { app, Menu, shell } from 'electron';
import { commands, screenIds, type Command } from '../../native/contract/commands.ts';
import type { Host } from '../services/host.ts';
import { linkAddresses } from '../services/links.ts';

type Item = MenuItemConstructorOptions;

interface MenuParts {
  readonly platform: string;
  readonly isPackaged: boolean;
  /** Runs a command of the window. */
  readonly command: (command: Command) => void;
  readonly openLink: (address: string) => void;
  readonly openRecent: (file: string) => void;
  readonly recent: readonly { path: string; name: string }[];
}

/**
 * The application menu by the platform's own conventions. The window listens to the keys itself: the menu shows
 * them, and only macOS, where menus own the keys, registers them.
 */
export function menuTemplate(parts: MenuParts): Item[] {
  const mac = parts.platform === 'darwin';
  const item = (command: Command): Item => ({
    label: commands[command].label,
    accelerator: commands[command].keys.replace('Ctrl', 'CmdOrCtrl').replace('Enter', 'Return'),
    registerAccelerator: mac,
    click: () => {
      parts.command(command);
    },
  });
  const separator: Item = { type: 'separator' };
  const link = (label: string, address: string): Item => ({
    label,
    click: () => {
      parts.openLink(address);
    },
  });

  const recent: Item = mac
    ? { role: 'recentDocuments', submenu: [{ role: 'clearRecentDocuments' }] }
    : {
        label: 'Open &Recent',
        enabled: parts.recent.length > 0,
        submenu: parts.recent.map(({ path, name }) => ({
          label: name.replaceAll('&', '&&'),
          toolTip: path,
          click: () => {
            parts.openRecent(path);
          },
        })),
      };

  return [
    ...(mac ? [{ role: 'appMenu' } satisfies Item] : []),
    {
      label: '&File',
      submenu: [
        item('open-data'),
        item('open-configuration'),
        recent,
        separator,
        item('save-configuration'),
        item('save-configuration-as'),
        separator,
        mac ? { role: 'close' } : { role: 'quit', label: parts.platform === 'win32' ? 'E&xit' : '&Quit' },
      ],
    },
    {
      label: '&Edit',
      submenu: [
        item('undo'),
        item('redo'),
        separator,
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        { role: 'selectAll' },
      ],
    },
    {
      label: '&Run',
      submenu: [item('train'), item('pause'), item('one-epoch'), item('stop')],
    },
    {
      label: '&View',
      submenu: [
        ...screenIds.map((screen) => item(`show-${screen}`)),
        separator,
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
        ...(parts.isPackaged ? [] : ([separator, { role: 'reload' }, { role: 'toggleDevTools' }] satisfies Item[])),
      ],
    },
    ...(mac ? [{ role: 'windowMenu' } satisfies Item] : []),
    {
      role: 'help',
      label: '&Help',
      submenu: [
        item('help'),
        separator,
        link('The Forum Thread', linkAddresses['forum-thread']),
        link('ONNX', linkAddresses.onnx),
        link('Netron', linkAddresses.netron),
        ...(mac ? [] : ([separator, { role: 'about' }] satisfies Item[])),
      ],
    },
  ];
}

/**
 * Sets the application menu.
 *
 * @param showWindow - brings the window to the front, for the commands it runs
 * @returns sets the menu again, after the recent files have changed
 */
export function setupMenu(host: Host, showWindow: () => void): () => Promise<void> {
  app.setAboutPanelOptions({ applicationName: 'Orthant', applicationVersion: host.options.version });
  const refresh = async (): Promise<void> => {
    const recent = (await host.recentFiles.list()).filter((file) => file.exists).slice(0, 10);
    Menu.setApplicationMenu(
      Menu.buildFromTemplate(
        menuTemplate({
          platform: process.platform,
          isPackaged: app.isPackaged,
          command: (command) => {
            showWindow();
            host.menu(command);
          },
          openLink: (address) => void shell.openExternal(address),
          openRecent: (file) => {
            showWindow();
            host.openFile(file);
          },
          recent,
        }),
      ),
    );
  };
  return refresh;
}
