import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import * as stub from '../testing/electronStub.ts';

vi.mock('electron', () => import('../testing/electronStub.ts'));
const { setupUserData } = await import('./userData.ts');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'orthant-user-data-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

it("gives Chromium a folder below the host's", () => {
  const state = path.join(folder, 'new', 'state');
  expect(setupUserData(state)).toBe(true);
  expect(stub.app.seen.paths.get('userData')).toBe(path.join(state, 'window'));
  expect(existsSync(path.join(state, 'window'))).toBe(true);
});

it('reports why the folder cannot be written, and ends', () => {
  const file = path.join(folder, 'file');
  writeFileSync(file, '');
  expect(setupUserData(file)).toBe(false);
  expect(stub.dialog.errorBoxes).toEqual([
    `Orthant cannot start: Cannot write to ${path.join(file, 'window')}: a part of the path is a file, not a folder. Check the path. Orthant keeps its own files there; ORTHANT_STATE names another folder.`,
  ]);
  expect(stub.app.seen).toMatchObject({ exited: true, exitCode: 1 });
});
