import { open } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { OrthantError } from '../../native/contract/errors.ts';
import { describeFileError } from '../../native/contract/fileErrors.ts';
import { writeFileAtomicAsync } from '../../native/system/files.mjs';
import type { Permissions } from './permissions.ts';
import { documentExtension } from './recentFiles.ts';

/** Bytes. A configuration has a few kilobytes; a larger file is not one. */
const largest = 10_000_000;

export interface ReadDocument {
  readonly text: string;
  /** Absolute path of the data file in the document, if it has one. */
  readonly dataFile?: string;
}

/**
 * A configuration document. The path of its data file is relative to the document's folder, so that both can be moved
 * together (as on the command line); in the returned text it is absolute.
 *
 * @throws OrthantError `file` if it is not a document (`.orthant` or `.json`), was not opened, is missing, too large or
 *   cannot be read
 */
export async function readDocument(file: string, permissions: Permissions): Promise<ReadDocument> {
  if (!path.isAbsolute(file) || ![documentExtension, '.json'].includes(path.extname(file).toLowerCase())) {
    throw new OrthantError(
      'file',
      `"${path.basename(file)}" is not a configuration document. Choose a file that ends in ${documentExtension} or .json.`,
      { field: 'path' },
    );
  }
  await permissions.require('read', file, 'path');
  try {
    const handle = await open(file, 'r');
    try {
      const { size } = await handle.stat();
      if (size > largest) {
        throw new OrthantError(
          'file',
          `${file} has ${size.toLocaleString('en-GB')} bytes, far more than a configuration. Choose another file.`,
          { field: 'path' },
        );
      }
      return locateData(await handle.readFile('utf8'), path.dirname(file));
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw describeFileError(error, `read ${file}`, 'path');
  }
}

const namesData = z.looseObject({
  data: z.looseObject({ source: z.looseObject({ kind: z.literal('file'), path: z.string().min(1) }) }),
});

function locateData(text: string, folder: string): ReadDocument {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The window reports errors in the text.
    return { text };
  }
  const document = namesData.safeParse(value).data;
  if (document === undefined) return { text };
  const { source } = document.data;
  const dataFile = path.resolve(folder, source.path);
  if (dataFile === source.path) return { text, dataFile };
  const located = { ...document, data: { ...document.data, source: { ...source, path: dataFile } } };
  return { text: `${JSON.stringify(located, null, 2)}\n`, dataFile };
}

/**
 * Writes a text whole or not at all.
 *
 * @throws OrthantError `file` when it may not or cannot be written
 */
export async function writeDocument(file: string, text: string, permissions: Permissions): Promise<void> {
  await permissions.require('write', file, 'path');
  try {
    await writeFileAtomicAsync(file, text);
  } catch (error) {
    throw describeFileError(error, `write ${file}`, 'path');
  }
}
