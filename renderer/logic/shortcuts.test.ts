import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commandIds } from '../../native/contract/commands.ts';
import { editsText, shortcutOf, shortcutText, type KeyPress } from './shortcuts.ts';

/** The part of an element that the shortcuts use. */
class StubElement {
  readonly isContentEditable = false;
  readonly #text: boolean;
  constructor(text: boolean) {
    this.#text = text;
  }
  matches(): boolean {
    return this.#text;
  }
}
const [field, button] = [new StubElement(true), new StubElement(false)];

const execCommand = vi.fn();
let page: { activeElement: StubElement; execCommand: typeof execCommand };
beforeEach(() => {
  page = { activeElement: button, execCommand };
  vi.stubGlobal('HTMLElement', StubElement);
  vi.stubGlobal('document', page);
});
afterEach(() => {
  vi.unstubAllGlobals();
  execCommand.mockReset();
});

const press = (key: string, held: Partial<KeyPress> = {}): KeyPress => ({
  key,
  code: '',
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  target: button as never,
  ...held,
});

describe('keys', () => {
  it('give their command, with Ctrl or Command', () => {
    expect(shortcutOf(press('z', { ctrlKey: true }))).toBe('undo');
    expect(shortcutOf(press('Z', { metaKey: true, shiftKey: true }))).toBe('redo');
    expect(shortcutOf(press('z'))).toBeUndefined();
  });

  it('are found by their position if Alt gives another character', () => {
    expect(shortcutOf(press('π', { altKey: true, code: 'KeyP' }))).toBe('pause');
  });

  it('are never shared by two commands', () => {
    const texts = commandIds.map((command) => shortcutText(command, false));
    expect(new Set(texts).size).toBe(texts.length);
  });

  it('leave undo and redo to a text field, and nothing else', () => {
    const target = field as never;
    expect(shortcutOf(press('z', { ctrlKey: true, target }))).toBeUndefined();
    expect(shortcutOf(press('z', { ctrlKey: true, shiftKey: true, target }))).toBeUndefined();
    expect(shortcutOf(press('s', { ctrlKey: true, target }))).toBe('save-configuration');
  });
});

describe("the menu's undo and redo", () => {
  it('belong to the text if a text field has the focus', () => {
    page.activeElement = field;
    expect(editsText('undo')).toBe(true);
    expect(editsText('redo')).toBe(true);
    expect(execCommand.mock.calls).toEqual([['undo'], ['redo']]);
    expect(editsText('train')).toBe(false);
  });

  it('are for the configuration elsewhere', () => {
    expect(editsText('undo')).toBe(false);
    expect(execCommand).not.toHaveBeenCalled();
  });
});
