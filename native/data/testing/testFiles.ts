import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { z } from 'zod';
import { dataSettingsSchema, type DataSettings } from '../../contract/configuration.ts';
import { closeTables, type TableRequest } from '../table.ts';

/** A temporary folder for one test file, removed when its tests end. */
export function testFolder(): { path: string; write(name: string, content: string | Uint8Array): string } {
  const path = mkdtempSync(join(tmpdir(), 'orthant-data-test-'));
  afterAll(async () => {
    await closeTables();
    rmSync(path, { recursive: true, force: true });
  });
  return {
    path,
    write: (name, content) => {
      mkdirSync(path, { recursive: true });
      writeFileSync(join(path, name), content);
      return join(path, name);
    },
  };
}

export const fileRequest = (path: string, rest: Partial<TableRequest> = {}): TableRequest => ({
  source: { kind: 'file', path },
  ...rest,
});

/** Settings with the named targets; everything else is from `rest` or the default. */
export const settingsFor = (
  path: string,
  targets: readonly string[],
  rest: Partial<z.input<typeof dataSettingsSchema>> = {},
): DataSettings =>
  dataSettingsSchema.parse({
    source: { kind: 'file', path },
    ...rest,
    columns: { ...Object.fromEntries(targets.map((name) => [name, { role: 'target' }])), ...rest.columns },
  });
