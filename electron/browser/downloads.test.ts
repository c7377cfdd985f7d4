import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ServerResponse } from 'node:http';
import { afterAll, expect, it, vi } from 'vitest';
import { browserHostPaths, windowCalls } from '../../native/contract/window.ts';
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

it.each([
  ['model.onnx.json', 'application/json'],
  ['predictions.csv', 'text/csv'],
  ['model.onnx', 'application/octet-stream'],
  ['study.orthant', 'application/octet-stream'],
])('sends %s as %s', async (name, type) => {
  const downloads = new Downloads(path.join(folder, 'offered'));
  const { path: file, download } = await downloads.offer(name);
  await writeFile(file, 'content');
  const writeHead = vi.fn();
  const response = { writeHead, end: () => undefined } as unknown as ServerResponse;
  expect(await downloads.send(download.slice(browserHostPaths.download.length), response, true)).toBe(true);
  expect(writeHead).toHaveBeenCalledExactlyOnceWith(200, expect.objectContaining({ 'Content-Type': type }));
});
