/** The port of the browser host; plain Node, since `npm start` reads it before anything is built. */

/** The default port, unless it is taken; a window keeps its profile with it. */
export const defaultPort = 4180;

/**
 * The port in a command-line text; undefined if there is none. 0 means any free port.
 * @param {string | undefined} text
 * @returns {number | undefined}
 */
export function parsePort(text) {
  if (text === undefined) return undefined;
  if (/^\d{1,5}$/.test(text) && Number(text) < 65_536) return Number(text);
  throw new RangeError(`--port ${text} is not a number from 0 to 65535.`);
}
