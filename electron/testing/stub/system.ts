import { EventEmitter } from 'node:events';
import { app } from './app.ts';

/** Dialogs: a test puts the answers in, in the order in which they will be asked. */
export const dialog = {
  answers: [] as unknown[],
  asked: [] as Record<string, unknown>[],
  ask(args: unknown[]): Promise<unknown> {
    app.requireReady('dialog');
    dialog.asked.push(args.at(-1) as Record<string, unknown>);
    if (dialog.answers.length === 0) return new Promise(() => undefined);
    return Promise.resolve(dialog.answers.shift());
  },
  showOpenDialog: (...args: unknown[]) => dialog.ask(args),
  showSaveDialog: (...args: unknown[]) => dialog.ask(args),
  showMessageBox: (...args: unknown[]) => dialog.ask(args),
  /** Texts of error boxes, which ask nothing. */
  errorBoxes: [] as string[],
  showErrorBox(title: string, content: string): void {
    dialog.errorBoxes.push(`${title}: ${content}`);
  },
};

export const shell = {
  opened: [] as string[],
  shown: [] as string[],
  openExternal(address: string): Promise<void> {
    shell.opened.push(address);
    return Promise.resolve();
  },
  showItemInFolder(file: string): void {
    shell.shown.push(file);
  },
};

interface MenuItem {
  readonly label?: string;
  readonly role?: string;
  readonly type?: string;
  readonly click?: () => void;
  readonly submenu?: MenuItem[];
}

export const Menu = {
  current: [] as MenuItem[],
  buildFromTemplate: (template: MenuItem[]): MenuItem[] => template,
  setApplicationMenu(menu: MenuItem[]): void {
    Menu.current = menu;
  },
};

export class Notification extends EventEmitter {
  static readonly shown: Notification[] = [];
  readonly options: { title: string; body: string };
  constructor(options: { title: string; body: string }) {
    super();
    this.options = options;
  }
  static isSupported(): boolean {
    return true;
  }
  show(): void {
    Notification.shown.push(this);
  }
}

export const powerSaveBlocker = {
  active: new Set<number>(),
  started: 0,
  start(type: string): number {
    if (type !== 'prevent-app-suspension') throw new Error(`unexpected type ${type}`);
    const id = powerSaveBlocker.started++;
    powerSaveBlocker.active.add(id);
    return id;
  },
  stop(id: number): void {
    powerSaveBlocker.active.delete(id);
  },
};
