import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { windowCalls } from '../../native/contract/window.ts';
import { Downloads } from './downloads.ts';

const folder = await mkdtemp(path.join(tmpdir(), 'orthant-downloads-'));
afterAll(() => rm(folder, { recursive: true }));

it('reports where and why a download cannot be offered, with an error that the call declares', async () => {
  const taken = path.join(folder, 'taken');
  await writeFile(taken, 'in the way');
  await expect(new Downloads(taken).offer('model.onnx')).rejects.toMatchObject({
    code: 'file',
    message: expect.stringMatching(/^Cannot write to .*: .*\.$/) as string,
  });
  expect(windowCalls.chooseOutput.errors).toContain('file');
});
