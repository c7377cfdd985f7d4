/** The port of the browser host; plain Node, since `npm start` reads it before anything is built. */

/** Where the host listens unless it is told otherwise or another one is there already; a window keeps its profile with it. */
export const usualPort = 4180;

/**
 * The port that a command line names; undefined where it names none. 0 stands for any free one.
 * @param {string | undefined} text
 * @returns {number | undefined}
 */
export function parsePort(text) {
  if (text === undefined) return undefined;
  if (/^\d{1,5}$/.test(text) && Number(text) < 65_536) return Number(text);
  throw new RangeError(`--port ${text} is not a number from 0 to 65535.`);
}
