import { version } from '../../package.json' with { type: 'json' };

/** Version of the application, of both hosts. */
export const applicationVersion: string = version;
