import { keysOf } from '../base/keysOf.ts';

/** A format of data files; native/data/readers.ts recognises and reads them. */
interface FileFormat {
  /** Names of the format; one format may have two. */
  readonly titles: readonly string[];
  readonly kind: 'table' | 'array';
  /** File name extensions, without the dot. The content of a file decides its format. */
  readonly endings: readonly string[];
  readonly mediaType: string;
  /** The unit in which the position of an unreadable row is counted. */
  readonly place: 'Line' | 'Row';
}

/** Every format of data files, in the order of lists; each may also be compressed with gzip. */
export const fileFormats = {
  csv: { titles: ['CSV', 'TSV'], kind: 'table', endings: ['csv', 'tsv', 'txt'], mediaType: 'text/csv', place: 'Line' },
  parquet: {
    titles: ['Parquet'],
    kind: 'table',
    endings: ['parquet'],
    mediaType: 'application/vnd.apache.parquet',
    place: 'Row',
  },
  json: {
    titles: ['JSON'],
    kind: 'table',
    endings: ['json', 'jsonl', 'ndjson'],
    mediaType: 'application/json',
    place: 'Line',
  },
  npy: { titles: ['NPY'], kind: 'array', endings: ['npy'], mediaType: 'application/octet-stream', place: 'Row' },
  npz: { titles: ['NPZ'], kind: 'array', endings: ['npz'], mediaType: 'application/zip', place: 'Row' },
  idx: { titles: ['IDX'], kind: 'array', endings: ['idx'], mediaType: 'application/octet-stream', place: 'Row' },
} as const satisfies Record<string, FileFormat>;

export type FileFormatId = keyof typeof fileFormats;
export const fileFormatIds = keysOf(fileFormats);

/** Names of all formats, or of the formats of one kind. */
export const fileFormatTitles = (kind?: FileFormat['kind']): string[] =>
  Object.values<FileFormat>(fileFormats).flatMap((format) =>
    kind === undefined || format.kind === kind ? format.titles : [],
  );

/** File name extensions of data files, without the dot. */
export const dataFileEndings: readonly string[] = [
  ...Object.values<FileFormat>(fileFormats).flatMap(({ endings }) => endings),
  'gz',
];
