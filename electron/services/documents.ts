import { open } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { OrthantError } from '../../native/contract/errors.ts';
import { describeFileError } from '../../native/contract/fileErrors.ts';
import { writeFileAtomicAsync } from '../../native/system/files.mjs';
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
  if (path.isAbsolute(file) && (extension === documentExtension || extension === '.json'))
    return opened.demand(file, 'path');
  throw new OrthantError(
    'file',
    `"${path.basename(file)}" is not a configuration document. Choose a file that ends in ${documentExtension} or .json.`,
    { field: 'path' },
  );
}

export interface ReadDocument {
  readonly text: string;
  /** Absolute path of the data file that the document names, where it names one. */
  readonly dataFile?: string;
}

/**
 * A configuration document. The path of its data file counts from where the document lies, so that both can be moved
 * together (as on the command line); in the text it is absolute.
 *
 * @param opened - what the person opened
 * @throws OrthantError `file` when it is no document, was not opened, is missing, too large or cannot be read
 */
export async function readDocument(file: string, opened: Inputs): Promise<ReadDocument> {
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
    // What is wrong with it the window says.
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
    await writeFileAtomicAsync(file, text);
  } catch (error) {
    throw describeFileError(error, `write ${file}`, 'path');
  }
}
