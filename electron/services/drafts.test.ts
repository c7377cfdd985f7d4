import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Drafts } from './drafts.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'orthant-drafts-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

it('is kept separately for each kind of host, so that two running ones do not overwrite each other', async () => {
  const [electron, browser] = [new Drafts(folder, 'electron'), new Drafts(folder, 'browser')];
  await electron.save({ of: 'electron' });
  await browser.save({ of: 'browser' });
  expect(await new Drafts(folder, 'electron').load()).toEqual({ of: 'electron' });
  expect(await new Drafts(folder, 'browser').load()).toEqual({ of: 'browser' });
});

it('starts with the draft of the other kind of host if its own does not exist', async () => {
  await new Drafts(folder, 'electron').save({ of: 'electron' });
  expect(await new Drafts(folder, 'browser').load()).toEqual({ of: 'electron' });
});
