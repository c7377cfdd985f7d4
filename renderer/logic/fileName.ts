import type { RunConfiguration } from '../../native/contract/configuration.ts';

/** Last part of a path with slashes or backslashes. */
export const fileName = (path: string): string => path.split(/[\\/]/).at(-1) ?? path;

/** Name of a configuration's data: a sample's id, or the file name. */
export const sourceName = ({ data: { source } }: RunConfiguration): string =>
  source.kind === 'sample' ? source.id : fileName(source.path);
