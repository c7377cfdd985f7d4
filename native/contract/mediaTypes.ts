import { exportFormats } from './exportFormats.ts';
import { fileFormats } from './fileFormats.ts';

const formats: readonly { readonly endings: readonly string[]; readonly mediaType: string }[] = [
  ...Object.values(exportFormats).map(({ ending, mediaType }) => ({ endings: [ending], mediaType })),
  ...Object.values(fileFormats),
];

/** The media type of a file by the extension of its name; that of any bytes where no format has the extension. */
export const mediaTypeOf = (name: string): string =>
  formats.find(({ endings }) => endings.some((ending) => name.endsWith(`.${ending}`)))?.mediaType ??
  'application/octet-stream';
