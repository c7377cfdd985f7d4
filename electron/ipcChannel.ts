/** The one channel between preload script and main process; it carries the messages of native/contract/channel.ts. */
export const ipcChannel = 'orthant';

/** On which the preload script says where a file lies that was dropped on the window: the page itself cannot speak on it. */
export const droppedChannel = 'orthant-dropped';
