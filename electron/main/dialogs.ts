import type { BrowserWindow, FileFilter } from 'electron';
import { app, dialog, shell } from 'electron';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { OrthantError } from '../../native/contract/errors.ts';
import { dataFileEndings } from '../../native/contract/fileFormats.ts';
import type { FileKind } from '../../native/contract/window.ts';
import type { WindowPlatform } from '../services/host.ts';
import { JsonFile } from '../services/jsonFile.ts';
import { linkAddresses } from '../services/links.ts';
import { documentExtension } from '../services/recentFiles.ts';

const anyFile: FileFilter = { name: 'All files', extensions: ['*'] };
const filters: Record<FileKind, FileFilter[]> = {
  data: [{ name: 'Tables and arrays', extensions: [...dataFileEndings] }, anyFile],
  configuration: [{ name: 'Configurations', extensions: [documentExtension.slice(1), 'json'] }, anyFile],
};
const titles: Record<FileKind, string> = { data: 'Open data', configuration: 'Open a configuration' };

/** Folders in which a file was chosen last: the system's dialogs do not remember them since Electron 43. */
const lastFolders = z.object({ open: z.string().optional(), save: z.string().optional() });

/** The platform functions of Electron for a window: the system's dialogs, browser and file manager. */
export function electronPlatform(window: BrowserWindow, stateFolder: string): WindowPlatform {
  const folders = new JsonFile(path.join(stateFolder, 'dialogs.json'), lastFolders, {});
  // If the folder cannot be stored (a full disk), files can still be opened and saved elsewhere.
  const keep = (change: z.infer<typeof lastFolders>): Promise<void> =>
    folders.update((value) => ({ ...value, ...change })).catch(() => undefined);
  const startIn = (folder: string | undefined): string =>
    folder !== undefined && existsSync(folder) ? folder : app.getPath('documents');

  return {
    chooseFile: async (kind) => {
      const { canceled, filePaths } = await dialog.showOpenDialog(window, {
        title: titles[kind],
        defaultPath: startIn((await folders.read()).open),
        filters: filters[kind],
        properties: ['openFile'],
      });
      const file = canceled ? undefined : filePaths[0];
      if (file !== undefined) await keep({ open: path.dirname(file) });
      return file;
    },
    chooseOutput: async (suggestedName) => {
      const extension = path.extname(suggestedName).slice(1);
      const { canceled, filePath } = await dialog.showSaveDialog(window, {
        title: 'Save',
        defaultPath: path.join(startIn((await folders.read()).save), path.basename(suggestedName)),
        filters: extension === '' ? [anyFile] : [{ name: extension.toUpperCase(), extensions: [extension] }, anyFile],
      });
      if (canceled || filePath === '') return {};
      await keep({ save: path.dirname(filePath) });
      return { path: filePath };
    },
    openExternal: async (address) => {
      // The call allows only listed pages, so no other address should arrive here.
      if (!Object.values(linkAddresses).includes(address)) {
        throw new OrthantError('usage', 'This address is not one that Orthant opens.');
      }
      await shell.openExternal(address);
      return {};
    },
    showInFolder: (file) => {
      if (!path.isAbsolute(file) || !existsSync(file)) {
        return Promise.reject(new OrthantError('file', `${file} is not there (any more).`, { field: 'path' }));
      }
      shell.showItemInFolder(file);
      return Promise.resolve();
    },
    remembered: (file) => {
      // Linux desktops have no list of recent documents for applications.
      if (process.platform !== 'linux') app.addRecentDocument(file);
    },
  };
}
