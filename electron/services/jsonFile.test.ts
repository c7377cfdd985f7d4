import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { JsonFile } from './jsonFile.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'orthant-json-'));
});
afterAll(() => rm(folder, { recursive: true }));

const counter = (file: string) => new JsonFile(file, z.number(), 0);

describe('a value kept in a file', () => {
  it('is the fallback if the file is missing or not valid, and takes changes one after the other', async () => {
    const file = path.join(folder, 'made', 'count.json');
    const count = counter(file);
    expect(await count.read()).toBe(0);
    await Promise.all([1, 2, 3].map((more) => count.update((value) => value + more)));
    expect(await counter(file).read()).toBe(6);
    await writeFile(file, '"torn');
    expect(await count.read()).toBe(0);
  });

  it('reports where and why it cannot be written, and takes the next change', async () => {
    await writeFile(path.join(folder, 'taken'), '');
    const file = path.join(folder, 'taken', 'count.json');
    const count = counter(file);
    await expect(count.update(() => 1)).rejects.toMatchObject({
      code: 'file',
      message: expect.stringMatching(/^Cannot write .*count\.json: .+\.$/) as string,
    });
    await rm(path.join(folder, 'taken'));
    await count.update((value) => value + 1);
    expect(await count.read()).toBe(1);
  });
});
