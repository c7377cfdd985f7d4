import { commandIds, commands, type Command } from '../../native/contract/commands.ts';

/** Keys as the window listens to them. */

export type { Command };

export type KeyPress = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey' | 'target'>;

const editable = (target: EventTarget | null): boolean =>
  typeof HTMLElement !== 'undefined' &&
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches('textarea, input:not([type="radio"], [type="checkbox"])'));

/** The command of a key press. In a text field, undo and redo belong to the text. */
export function shortcutOf(event: KeyPress): Command | undefined {
  const found = commandIds.find((command) => {
    const { key, control = false, alt = false, shift = false } = commands[command];
    return (
      // With Alt held, some systems give another character: the key's position tells then.
      (event.key.toLowerCase() === key.toLowerCase() ||
        (alt && (event.code === `Digit${key}` || event.code === `Key${key.toUpperCase()}`))) &&
      (event.ctrlKey || event.metaKey) === control &&
      event.altKey === alt &&
      event.shiftKey === shift
    );
  });
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
  const { key, control, alt, shift } = commands[command];
  const name = key.length === 1 ? key.toUpperCase() : key;
  if (mac) return `${alt ? '⌥' : ''}${shift ? '⇧' : ''}${control ? '⌘' : ''}${name}`;
  return [control ? 'Ctrl' : '', alt ? 'Alt' : '', shift ? 'Shift' : '', name].filter((part) => part !== '').join('+');
}
