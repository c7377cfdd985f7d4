import { app, session } from 'electron';
import { appOrigin, isAppAddress } from './appOrigin.ts';

/** The only permission of a page: writing text to the clipboard, to copy the command line. */
const allowedPermission = 'clipboard-sanitized-write';

/** Schemes that do not leave the process: the page's files, its own blobs, and the developer tools. */
const localSchemes = /^(?:app|data|blob|devtools|chrome-extension):/;

/**
 * Denies a page everything that the window does not need: permissions, devices, the network, navigation, new windows,
 * web views. https://www.electronjs.org/docs/latest/tutorial/security
 */
export function setupSecurity(): void {
  const { defaultSession } = session;
  defaultSession.setPermissionRequestHandler((_contents, permission, answer, { requestingUrl }) => {
    answer(permission === allowedPermission && isAppAddress(requestingUrl));
  });
  defaultSession.setPermissionCheckHandler(
    (_contents, permission, requestingOrigin) =>
      permission === allowedPermission && requestingOrigin.replace(/\/$/, '') === appOrigin,
  );
  defaultSession.setDevicePermissionHandler(() => false);
  defaultSession.webRequest.onBeforeRequest(({ url }, answer) => {
    answer({ cancel: !localSchemes.test(url) });
  });

  app.on('web-contents-created', (_event, contents) => {
    // These events do not fire for a reload.
    for (const name of ['will-navigate', 'will-frame-navigate', 'will-redirect'] as const) {
      contents.on(name as 'will-navigate', (event) => {
        event.preventDefault();
      });
    }
    contents.on('will-attach-webview', (event) => {
      event.preventDefault();
    });
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  });
}
