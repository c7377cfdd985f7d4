import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { describeMethods } from '../../native/constraints/registry.ts';
import { methodsTable, withTable } from './methodsTable.mjs';

describe('the README', () => {
  it('has the methods as the registry describes them; `npm run readme` brings it up to date', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    expect(withTable(readme, methodsTable(describeMethods()))).toBe(readme);
  });

  it('names files that are there', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const named = readme.matchAll(/`((?:native|renderer|electron|build|e2e)\/[\w./-]+\.(?:ts|mjs|svelte))`/g);
    const missing = Array.from(named, ([, file = '']) => file).filter(
      (file) => !existsSync(new URL(`../../${file}`, import.meta.url)),
    );
    expect(missing).toEqual([]);
  });

  it('names each direct dependency with its reason', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      dependencies: Record<string, string>;
      devDependencies: Record<string, string>;
    };
    const missing = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }).filter(
      (name) => !readme.includes(`\`${name}\``),
    );
    expect(missing).toEqual([]);
  });
});
