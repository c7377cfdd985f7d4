/** The part of a row's text to show: as much as fits in two lines, around the problem. */
export interface Excerpt {
  readonly text: string;
  /** Position of the problem in `text`; `to` is excluded. */
  readonly mark?: [from: number, to: number];
}

const longest = 200;
/** Characters shown before the mark of a long row. */
const lead = 60;

/** @param mark - position in the whole text */
export function excerpt(text: string, mark?: readonly [from: number, to: number]): Excerpt {
  const [from, to] = mark ?? [0, 0];
  const start = text.length <= longest ? 0 : Math.max(0, Math.min(from - lead, text.length - longest));
  const end = Math.min(text.length, start + longest);
  const before = start > 0 ? '…' : '';
  const shown = before + text.slice(start, end) + (end < text.length ? '…' : '');
  const at = (position: number): number => Math.min(position, end) - start + before.length;
  return mark === undefined || to <= from ? { text: shown } : { text: shown, mark: [at(from), at(to)] };
}

/**
 * Excerpt of UTF-8 text; decodes only the part that is shown.
 *
 * @param mark - position in bytes, at character boundaries
 */
export function excerptOfBytes(bytes: Buffer, mark?: readonly [from: number, to: number]): Excerpt {
  const from = mark?.[0] ?? 0;
  // A character has four bytes at most.
  let start = Math.max(0, from - 4 * (longest + 1));
  while (start > 0 && start < bytes.length && ((bytes[start] ?? 0) & 0xc0) === 0x80) start--;
  const end = Math.min(bytes.length, from + 4 * (longest + 1));
  const text = bytes.toString('utf8', start, end);
  if (mark === undefined) return excerpt(text);
  const place = (byte: number): number => bytes.toString('utf8', start, Math.min(byte, end)).length;
  return excerpt(text, [place(mark[0]), place(mark[1])]);
}
