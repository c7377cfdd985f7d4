import { describe, expect, it } from 'vitest';
import { shortcutOf, shortcuts, shortcutText } from './shortcuts.ts';

describe('shortcuts', () => {
  const press = (
    key: string,
    held: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey', boolean>> = {},
    code = '',
  ) => ({
    key,
    code,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    target: null,
    ...held,
  });
  it('are found by their keys, on a Mac by Command', () => {
    expect(shortcutOf(press('z', { ctrlKey: true }))).toBe('undo');
    expect(shortcutOf(press('Z', { ctrlKey: true, shiftKey: true }))).toBe('redo');
    expect(shortcutOf(press('z', { metaKey: true }))).toBe('undo');
    expect(shortcutOf(press('π', { altKey: true }, 'KeyP'))).toBe('pause');
    expect(shortcutOf(press('z'))).toBeUndefined();
  });
  it('never share keys', () => {
    const texts = shortcuts.map(({ command }) => shortcutText(command, false));
    expect(new Set(texts).size).toBe(texts.length);
  });
});
