/**
 * A file name that every system accepts, as close to the one asked for as can be: the last part of a path, without
 * control characters and those that Windows keeps for itself.
 */
export function safeName(name: string, fallback: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? '';
  const cleaned = last
    // eslint-disable-next-line no-control-regex -- they are what is taken out
    .replace(/[\u0000-\u001f\u007f<>:"|?*]/g, '_')
    .replace(/^\.+/, '')
    .replace(/[. ]+$/, '');
  const kept = lastBytes(cleaned, longestName);
  return kept === '' || /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(kept) ? fallback : kept;
}

/** Of UTF-8. Systems take 255, and what writes a file adds some of its own while it does. */
const longestName = 200;

/** The end of a text, no character of it torn, where a file name has its extension. */
function lastBytes(text: string, most: number): string {
  let bytes = 0;
  const characters = Array.from(text);
  let from = characters.length;
  while (from > 0 && (bytes += Buffer.byteLength(characters[from - 1] ?? '')) <= most) from--;
  return characters.slice(from).join('');
}
