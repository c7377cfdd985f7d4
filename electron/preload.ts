import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { WindowBridge } from '../native/contract/window.ts';
import { droppedChannel, ipcChannel } from './ipcChannel.ts';

/**
 * Gives the page three functions of Electron. Neither `ipcRenderer` nor its events, which contain the sender, pass
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
    // A file made by a page has no path.
    if (path !== '') ipcRenderer.send(droppedChannel, path);
    return path;
  },
};

contextBridge.exposeInMainWorld('orthant', bridge);
