/**
 * A file name that every system accepts, as close as possible to the requested one: the last part of a path, without
 * control characters and characters that Windows reserves.
 */
export function safeName(name: string, fallback: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? '';
  const cleaned = last
    // eslint-disable-next-line no-control-regex -- they are removed here
    .replace(/[\u0000-\u001f\u007f<>:"|?*]/g, '_')
    .replace(/^\.+/, '')
    .replace(/[. ]+$/, '');
  const kept = lastBytes(cleaned, longestName);
  return kept === '' || /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(kept) ? fallback : kept;
}

/** Bytes of UTF-8. Systems accept 255; a program that writes the file may append a suffix meanwhile. */
const longestName = 200;

/** The end of a text, where a file name has its extension, without splitting a character. */
function lastBytes(text: string, most: number): string {
  let bytes = 0;
  const characters = Array.from(text);
  let from = characters.length;
  while (from > 0 && (bytes += Buffer.byteLength(characters[from - 1] ?? '')) <= most) from--;
  return characters.slice(from).join('');
}
