/** Scheme of the window's page: our own instead of `file:`, which may read every file. */
export const appScheme = 'app';
const appHost = 'orthant';
export const appOrigin = `${appScheme}://${appHost}`;

/** Whether an address has our own origin. Node's URL gives unknown schemes no origin, so the parts are compared. */
export function isAppAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, host, username, password } = new URL(address);
  return protocol === `${appScheme}:` && host === appHost && username === '' && password === '';
}
