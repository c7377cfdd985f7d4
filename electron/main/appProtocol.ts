import { protocol } from 'electron';
import { readFile } from 'node:fs/promises';
import { contentPolicy, securityHeaders } from '../services/contentPolicy.ts';
import type { RendererFiles } from '../services/rendererFiles.ts';
import { appScheme, isAppAddress } from './appOrigin.ts';

/** Gives `app://` an origin, like https; must be called before the application is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

/** Serves the built window under `app://`, with its content policy, and nothing else. */
export function setupAppProtocol(files: RendererFiles): void {
  protocol.handle(appScheme, async ({ url, method }) => {
    const found = isAppAddress(url) && method === 'GET' ? files.find(new URL(url).pathname) : undefined;
    if (found === undefined) return new Response('There is no such page.\n', { status: 404, headers: securityHeaders });
    return new Response(await readFile(found.file), {
      headers: { ...securityHeaders, 'Content-Security-Policy': contentPolicy(), 'Content-Type': found.type },
    });
  });
}
