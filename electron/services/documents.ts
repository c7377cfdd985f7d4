import { open } from 'node:fs/promises';
import path from 'node:path';
import { OrthantError } from '../../native/contract/errors.ts';
import { writeAtomically } from './atomic.ts';
import { describeFileError } from './fileError.ts';
import type { Inputs } from './inputs.ts';
import type { Outputs } from './outputs.ts';
import { documentExtension, kindOfFile } from './recentFiles.ts';

/** A configuration is a few kilobytes; what is larger is another file under this name. */
const largest = 10_000_000;

/**
 * The window may read configuration documents, as `.orthant` or `.json`, that the person has opened, and no other files: a
 * page that went astray could otherwise reach any file of the person's through these calls.
 */
async function demandDocument(file: string, opened: Inputs): Promise<void> {
  const extension = path.extname(file).toLowerCase();
  if (path.isAbsolute(file) && (extension === documentExtension || extension === '.json')) return opened.demand(file);
  throw new OrthantError(
    'file',
    `"${path.basename(file)}" is not a configuration document. Choose a file that ends in ${documentExtension} or .json.`,
    { field: 'path' },
  );
}

/**
 * Text of a configuration document.
 *
 * @param opened - what the person opened
 * @throws OrthantError `file` when it is no document, was not opened, is missing, too large or cannot be read
 */
export async function readDocument(file: string, opened: Inputs): Promise<string> {
  await demandDocument(file, opened);
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
 * Writes a text whole or not at all: to what the person chose, or to a document of our own that was opened. Many a `.json` is
 * another program's, so that must have been chosen.
 *
 * @throws OrthantError `file` when it may not or cannot be written
 */
export async function writeDocument(
  file: string,
  text: string,
  { inputs, outputs }: { readonly inputs: Inputs; readonly outputs: Outputs },
): Promise<void> {
  const mayBeOverwritten = kindOfFile(file) === 'configuration' && (await inputs.has(file, 'configuration'));
  if (!mayBeOverwritten) outputs.demand(file, 'path');
  try {
    await writeAtomically(file, text);
  } catch (error) {
    throw describeFileError(error, file, 'written');
  }
}
