import { z } from 'zod';

/** Rows of a table that are not used, by reason; a row counts once, for its first reason. */
export const leftOutSchema = z.array(z.object({ reason: z.string(), rows: z.int() }));
export type LeftOut = Readonly<z.infer<typeof leftOutSchema>>;

/** All rows of a file: `file` = `used` + the rows of `dropped`. */
export const rowCountsSchema = z.object({ file: z.int(), used: z.int(), dropped: leftOutSchema });
export type RowCounts = z.infer<typeof rowCountsSchema>;

/** Start of the reason of rows that could not be read; any other reason is a noun phrase: `no value in ...`. */
export const unreadable = 'could not be read';

export const countLeftOut = (dropped: LeftOut): number => dropped.reduce((sum, { rows }) => sum + rows, 0);

/** "91 with no value in the input "age"; 96 could not be read". */
export const reasonsText = (dropped: LeftOut, format: (rows: number) => string = String): string =>
  dropped
    .map(({ reason, rows }) => `${format(rows)} ${reason.startsWith(unreadable) ? '' : 'with '}${reason}`)
    .join('; ');

/** One sentence about the rows that were left out. */
export function leftOutText(
  { file, dropped }: { readonly file: number; readonly dropped: LeftOut },
  format: (rows: number) => string = String,
): string {
  const rows = countLeftOut(dropped);
  const many = `${format(rows)} of ${format(file)} rows ${rows === 1 ? 'was' : 'were'} left out`;
  return `${many}: ${reasonsText(dropped, format)}.`;
}
