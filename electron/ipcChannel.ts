/** The one channel between preload script and main process; it carries the messages of native/contract/channel.ts. */
export const ipcChannel = 'orthant';

/** Channel on which the preload script sends the path of a file dropped on the window; the page itself cannot use it. */
export const droppedChannel = 'orthant-dropped';
