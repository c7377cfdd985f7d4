import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { WindowBridge } from '../native/contract/window.ts';
import { droppedChannel, ipcChannel } from './ipcChannel.ts';

/**
 * What the page gets of Electron: three functions. Neither `ipcRenderer` nor its events, which lead to the sender, pass
 * through here.
 */
const bridge: WindowBridge = {
  send: (message) => {
    ipcRenderer.send(ipcChannel, message);
  },
  onMessage: (listener) => {
    const hear = (_event: unknown, message: unknown): void => {
      listener(message);
    };
    ipcRenderer.on(ipcChannel, hear);
    return () => {
      ipcRenderer.removeListener(ipcChannel, hear);
    };
  },
  pathOfFile: (file) => {
    const path = webUtils.getPathForFile(file);
    // A file that a page has made itself lies nowhere.
    if (path !== '') ipcRenderer.send(droppedChannel, path);
    return path;
  },
};

contextBridge.exposeInMainWorld('orthant', bridge);
