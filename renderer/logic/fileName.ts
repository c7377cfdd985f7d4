import type { RunConfiguration } from '../../native/contract/configuration.ts';

/** Last part of a path of any system. */
export const fileName = (path: string): string => path.split(/[\\/]/).at(-1) ?? path;

/** What a configuration's data is called: a sample's id, or the name of its file. */
export const sourceName = ({ data: { source } }: RunConfiguration): string =>
  source.kind === 'sample' ? source.id : fileName(source.path);
