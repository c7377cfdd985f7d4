import { app, session } from 'electron';
import { appOrigin, isAppAddress } from './appOrigin.ts';

/** What a page may have without asking: putting text on the clipboard, for the command line to copy. */
const allowedPermission = 'clipboard-sanitized-write';

/** Schemes that do not leave the process: what the page is made of, what it makes itself, and the developer tools. */
const localSchemes = /^(?:app|data|blob|devtools|chrome-extension):/;

/**
 * Closes every door of a page that the window does not need: permissions, devices, the network, navigation, new windows,
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
    // A reload is no navigation to these events.
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
