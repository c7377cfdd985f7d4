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
    const held = commands[command].keys.split('+');
    const key = held.pop() ?? '';
    return (
      // With Alt held, some systems give another character: the key's position tells then.
      (event.key.toLowerCase() === key.toLowerCase() ||
        (held.includes('Alt') && (event.code === `Digit${key}` || event.code === `Key${key}`))) &&
      (event.ctrlKey || event.metaKey) === held.includes('Ctrl') &&
      event.altKey === held.includes('Alt') &&
      event.shiftKey === held.includes('Shift')
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
  const { keys } = commands[command];
  return mac ? keys.replace('Ctrl+Shift+', '⇧⌘').replace('Ctrl+', '⌘').replace('Alt+', '⌥') : keys;
}
