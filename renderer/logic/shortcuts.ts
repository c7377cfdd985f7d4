import type { menuCommands } from '../../native/contract/window.ts';

/** Keys and what they do, in one table: the window listens to it and the help lists it. */

export type Command = (typeof menuCommands)[number];

interface Shortcut {
  readonly command: Command;
  readonly title: string;
  readonly key: string;
  /** Ctrl, or Command on a Mac. */
  readonly control?: true;
  readonly alt?: true;
  readonly shift?: true;
}

export const shortcuts: readonly Shortcut[] = [
  { command: 'open-data', title: 'Open a data file', key: 'o', control: true },
  { command: 'open-configuration', title: 'Open a configuration', key: 'o', control: true, shift: true },
  { command: 'save-configuration', title: 'Save the configuration', key: 's', control: true },
  {
    command: 'save-configuration-as',
    title: 'Save the configuration as…',
    key: 's',
    control: true,
    shift: true,
  },
  { command: 'undo', title: 'Undo', key: 'z', control: true },
  { command: 'redo', title: 'Redo', key: 'z', control: true, shift: true },
  { command: 'train', title: 'Train', key: 'Enter', control: true },
  { command: 'pause', title: 'Pause or go on', key: 'p', alt: true },
  { command: 'one-epoch', title: 'One epoch', key: 'e', alt: true },
  { command: 'stop', title: 'Stop', key: '.', alt: true },
  { command: 'show-data', title: 'Go to Data', key: '1', alt: true },
  { command: 'show-network', title: 'Go to Network', key: '2', alt: true },
  { command: 'show-constraint', title: 'Go to Constraint', key: '3', alt: true },
  { command: 'show-train', title: 'Go to Train', key: '4', alt: true },
  { command: 'show-result', title: 'Go to Result', key: '5', alt: true },
  { command: 'show-runs', title: 'Go to Runs', key: '6', alt: true },
  { command: 'help', title: 'Help', key: 'F1' },
];

/** What a command is called, wherever it is offered. */
export const commandTitle = (command: Command): string =>
  shortcuts.find((shortcut) => shortcut.command === command)?.title ?? command;

export type KeyPress = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey' | 'target'>;

const editable = (target: EventTarget | null): boolean =>
  typeof HTMLElement !== 'undefined' &&
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches('textarea, input:not([type="radio"], [type="checkbox"])'));

/** The command of a key press. In a text field, undo and redo belong to the text. */
export function shortcutOf(event: KeyPress): Command | undefined {
  const found = shortcuts.find(
    (shortcut) =>
      // With Alt held, some systems give another character: the key's position tells then.
      (event.key.toLowerCase() === shortcut.key.toLowerCase() ||
        (shortcut.alt === true &&
          (event.code === `Digit${shortcut.key}` || event.code === `Key${shortcut.key.toUpperCase()}`))) &&
      (event.ctrlKey || event.metaKey) === (shortcut.control ?? false) &&
      event.altKey === (shortcut.alt ?? false) &&
      event.shiftKey === (shortcut.shift ?? false),
  )?.command;
  if ((found === 'undo' || found === 'redo') && editable(event.target)) return undefined;
  return found;
}

/**
 * Carries out undo and redo where the focus is in a text field, to which they belong there. The menu's commands come this
 * way, which on a Mac own the keys.
 *
 * @returns whether it was the text's
 */
export function editsText(command: Command): boolean {
  if ((command !== 'undo' && command !== 'redo') || !editable(document.activeElement)) return false;
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- a page has no other way to undo what was typed
  document.execCommand(command);
  return true;
}

/** A shortcut as it is printed: "Ctrl+Shift+Z", on a Mac "⇧⌘Z". */
export function shortcutText(command: Command, mac = globalThis.navigator.userAgent.includes('Mac')): string {
  const shortcut = shortcuts.find((known) => known.command === command);
  if (shortcut === undefined) return '';
  const key = shortcut.key.length === 1 ? shortcut.key.toUpperCase() : shortcut.key;
  if (mac) return `${shortcut.alt ? '⌥' : ''}${shortcut.shift ? '⇧' : ''}${shortcut.control ? '⌘' : ''}${key}`;
  return [shortcut.control ? 'Ctrl' : '', shortcut.alt ? 'Alt' : '', shortcut.shift ? 'Shift' : '', key]
    .filter((part) => part !== '')
    .join('+');
}
