import { open } from 'node:fs/promises';
import path from 'node:path';
import { OrthantError } from '../../native/contract/errors.ts';
import { describeFileError } from './fileError.ts';
import { writeAtomically } from './jsonFile.ts';
import type { Outputs } from './outputs.ts';
import { documentExtension } from './recentFiles.ts';

/** A configuration is a few kilobytes; what is larger is another file under this name. */
const largest = 10_000_000;

/**
 * The window may read configuration documents, as `.orthant` or `.json`, and no other files: a page that went astray could
 * otherwise reach any file of the person's through these calls.
 */
function demandDocument(file: string): void {
  const extension = path.extname(file).toLowerCase();
  if (path.isAbsolute(file) && (extension === documentExtension || extension === '.json')) return;
  throw new OrthantError(
    'file',
    `"${path.basename(file)}" is not a configuration document. Choose a file that ends in ${documentExtension} or .json.`,
    { field: 'path' },
  );
}

/**
 * Text of a configuration document.
 *
 * @throws OrthantError `file` when it is no document, is missing, too large or cannot be read
 */
export async function readDocument(file: string): Promise<string> {
  demandDocument(file);
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
      return await handle.readFile('utf8');
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw error instanceof OrthantError ? error : describeFileError(error, file, 'read');
  }
}

/**
 * Writes a text whole or not at all: to what the person chose, or to a document of our own. Many a `.json` is another
 * program's, so that must have been chosen.
 *
 * @param chosen - what the person chose
 * @throws OrthantError `file` when it may not or cannot be written
 */
export async function writeDocument(file: string, text: string, chosen: Outputs): Promise<void> {
  const isOurs = path.isAbsolute(file) && path.extname(file).toLowerCase() === documentExtension;
  if (!isOurs) chosen.demand(file, 'path');
  try {
    await writeAtomically(file, text);
  } catch (error) {
    throw describeFileError(error, file, 'written');
  }
}
