import { describe, expect, it, vi } from 'vitest';
import type { MenuItemConstructorOptions } from 'electron';
import { commandIds, commands } from '../../native/contract/commands.ts';
import { linkAddresses } from '../services/links.ts';

vi.mock('electron', () => import('../testing/electronStub.ts'));
const { menuTemplate } = await import('./menu.ts');

const platforms = ['darwin', 'win32', 'linux'];

function build(platform: string, isPackaged = true): { items: MenuItemConstructorOptions[]; log: string[] } {
  const log: string[] = [];
  const note = (text: string): void => {
    log.push(text);
  };
  const items = menuTemplate({
    platform,
    isPackaged,
    command: note,
    openLink: note,
    openRecent: note,
    recent: [{ path: '/data/a&b.csv', name: 'a&b.csv' }],
  });
  return { items, log };
}

const flat = (items: MenuItemConstructorOptions[]): MenuItemConstructorOptions[] =>
  items.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? flat(item.submenu) : [])]);

const click = (item: MenuItemConstructorOptions): void => {
  (item.click as (() => void) | undefined)?.();
};

describe.each(platforms)('the menu on %s', (platform) => {
  const { items, log } = build(platform);
  const all = flat(items);

  it('has every command of the contract once, each with a different key', () => {
    for (const item of all.filter(({ accelerator }) => accelerator !== undefined)) click(item);
    expect(log.toSorted()).toEqual([...commandIds].toSorted());
    const keys = all.map(({ accelerator }) => accelerator).filter((key) => key !== undefined);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('leaves the keys to the window, except on macOS', () => {
    for (const { accelerator, registerAccelerator } of all) {
      if (accelerator !== undefined) expect(registerAccelerator).toBe(platform === 'darwin');
    }
  });

  it("follows the platform's conventions", () => {
    const roles = all.map(({ role }) => role).filter((role) => role !== undefined);
    expect(roles).toEqual(expect.arrayContaining(['cut', 'copy', 'paste', 'selectAll', 'zoomIn', 'togglefullscreen']));
    const mac = platform === 'darwin';
    expect(roles.includes('appMenu')).toBe(mac);
    expect(roles.includes('windowMenu')).toBe(mac);
    expect(roles.includes('recentDocuments')).toBe(mac);
    // On macOS, Quit and About are in the application's own menu.
    expect(roles.includes('quit')).toBe(!mac);
    expect(roles.includes('about')).toBe(!mac);
    expect(items.map(({ label, role }) => label ?? role)).toEqual(
      mac
        ? ['appMenu', '&File', '&Edit', '&Run', '&View', 'windowMenu', '&Help']
        : ['&File', '&Edit', '&Run', '&View', '&Help'],
    );
  });

  it('opens only listed pages', () => {
    const opened = build(platform);
    const links = flat(opened.items).filter(
      ({ click, accelerator, label }) => click !== undefined && accelerator === undefined && label !== 'a&&b.csv',
    );
    for (const item of links) click(item);
    expect(opened.log.length).toBeGreaterThan(0);
    for (const address of opened.log) expect(Object.values(linkAddresses)).toContain(address);
  });
});

describe('the menu', () => {
  it('lists recent files where the system does not, with unchanged names', () => {
    const { items, log } = build('linux');
    const item = flat(items).find(({ label }) => label === 'a&&b.csv');
    click(item!);
    expect(log).toEqual(['/data/a&b.csv']);
  });

  it('has developer tools only before it is packaged', () => {
    const has = (isPackaged: boolean): boolean =>
      flat(build('linux', isPackaged).items).some(({ role }) => role === 'toggleDevTools' || role === 'reload');
    expect(has(false)).toBe(true);
    expect(has(true)).toBe(false);
  });
});

describe('the keys of the menu', () => {
  it('are those of the window', () => {
    const { items } = build('linux');
    const { log } = build('linux');
    expect(log).toEqual([]);
    const ofMenu = flat(items).flatMap(({ accelerator }) => (accelerator === undefined ? [] : [accelerator]));
    expect(ofMenu.map((keys) => keys.replace('CmdOrCtrl', 'Ctrl').replace('Return', 'Enter')).toSorted()).toEqual(
      Object.values(commands)
        .map(({ keys }) => keys)
        .toSorted(),
    );
  });
});
