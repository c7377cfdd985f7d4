/** The one channel between preload script and main process; it carries the messages of native/contract/channel.ts. */
export const ipcChannel = 'orthant';
