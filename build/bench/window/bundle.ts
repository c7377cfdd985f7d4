import { gzipSync } from 'node:zlib';
import type { Response } from 'playwright';
import { withApplication } from './application.ts';
import type { Bench } from './figure.ts';
import { limited } from './figure.ts';

const kilobytes = (bytes: number): number => Math.round(bytes / 100) / 10;

/** What the window fetches until its start screen is complete: code and styles, gzipped; fonts apart. */
export const bundleSize: Bench = {
  name: 'bundle',
  run: async ({ folder }) => {
    const responses: Response[] = [];
    const files = await withApplication(
      {
        folder,
        prepare: (page) => {
          page.on('response', (response) => responses.push(response));
          return Promise.resolve();
        },
      },
      async ({ page }) => {
        await page.waitForLoadState('networkidle');
        const loaded = responses.filter((response) => response.ok());
        return Promise.all(
          loaded.map(async (response) => {
            const body = await response.body();
            const { pathname } = new URL(response.url());
            const kind = response.request().resourceType();
            return { file: pathname, kind, bytes: body.length, gzipped: gzipSync(body).length };
          }),
        );
      },
    );
    const code = files.filter(({ kind }) => ['script', 'stylesheet', 'document'].includes(kind));
    const fonts = files.filter(({ kind }) => kind === 'font');
    if (!code.some(({ kind }) => kind === 'script')) throw new Error('The window has loaded no script.');
    return [
      limited({
        name: 'renderer bundle, gzipped, all that is loaded at first',
        value: kilobytes(code.reduce((sum, { gzipped }) => sum + gzipped, 0)),
        below: 400,
        unit: 'kB',
        remark: `fonts ${kilobytes(fonts.reduce((sum, { bytes }) => sum + bytes, 0))} kB more`,
        details: { files },
      }),
    ];
  },
};
