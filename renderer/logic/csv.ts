import { csvField } from '../../native/base/csvField.ts';

/** A table as comma-separated text (RFC 4180). */

type CsvCell = string | number | null | undefined;

const cell = (value: CsvCell): string => (value === null || value === undefined ? '' : csvField(String(value)));

export const toCsv = (header: readonly string[], rows: readonly (readonly CsvCell[])[]): string =>
  [header, ...rows].map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n';
