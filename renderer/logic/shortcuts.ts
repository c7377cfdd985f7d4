import { commandIds, commands, type Command } from '../../native/contract/commands.ts';

/** Keyboard shortcuts of the window. */

export type { Command };

export type KeyPress = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey' | 'target'>;

const editable = (target: EventTarget | null): boolean =>
  typeof HTMLElement !== 'undefined' &&
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches('textarea, input:not([type="radio"], [type="checkbox"])'));

/** The command of a key press; none for undo and redo in a text field, which belong to the text. */
export function shortcutOf(event: KeyPress): Command | undefined {
  const found = commandIds.find((command) => {
    const held = commands[command].keys.split('+');
    const key = held.pop() ?? '';
    return (
      // With Alt, some systems report another character, so the key's position counts.
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
 * Applies undo and redo to the focused text field, if there is one. Needed for commands from the menu, which handles
 * these keys on a Mac.
 *
 * @returns whether the command was applied to a text field
 */
export function editsText(command: Command): boolean {
  if ((command !== 'undo' && command !== 'redo') || !editable(document.activeElement)) return false;
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- a page has no other way to undo what was typed
  document.execCommand(command);
  return true;
}

/** A shortcut as text: "Ctrl+Shift+Z", on a Mac "⇧⌘Z". */
export function shortcutText(command: Command, mac = globalThis.navigator.userAgent.includes('Mac')): string {
  const { keys } = commands[command];
  return mac ? keys.replace('Ctrl+Shift+', '⇧⌘').replace('Ctrl+', '⌘').replace('Alt+', '⌥') : keys;
}
