import { keysOf } from '../base/keysOf.ts';

/** What there is to say of a kind of data file; how it is recognised and read is in native/data/readers.ts. */
interface FileFormat {
  /** What people call it: one format may have two names. */
  readonly titles: readonly string[];
  readonly kind: 'table' | 'array';
  /** How names of such files end, without the dot; what a file is, its content tells. */
  readonly endings: readonly string[];
  /** What a number of a row that was not read counts. */
  readonly place: 'Line' | 'Row';
}

/** Every kind of data file, in the order in which lists have them; each may be in gzip as well. */
export const fileFormats = {
  csv: { titles: ['CSV', 'TSV'], kind: 'table', endings: ['csv', 'tsv', 'txt'], place: 'Line' },
  parquet: { titles: ['Parquet'], kind: 'table', endings: ['parquet'], place: 'Row' },
  json: { titles: ['JSON'], kind: 'table', endings: ['json', 'jsonl', 'ndjson'], place: 'Line' },
  npy: { titles: ['NPY'], kind: 'array', endings: ['npy'], place: 'Row' },
  npz: { titles: ['NPZ'], kind: 'array', endings: ['npz'], place: 'Row' },
  idx: { titles: ['IDX'], kind: 'array', endings: ['idx'], place: 'Row' },
} as const satisfies Record<string, FileFormat>;

export type FileFormatId = keyof typeof fileFormats;
export const fileFormatIds = keysOf(fileFormats);

/** Names of all formats, or of those of one kind. */
export const fileFormatTitles = (kind?: FileFormat['kind']): string[] =>
  Object.values<FileFormat>(fileFormats).flatMap((format) =>
    kind === undefined || format.kind === kind ? format.titles : [],
  );

/** How names of data files end, without the dot. */
export const dataFileEndings: readonly string[] = [
  ...Object.values<FileFormat>(fileFormats).flatMap(({ endings }) => endings),
  'gz',
];
