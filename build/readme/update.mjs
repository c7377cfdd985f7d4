import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { methodsTable, withTable } from './methodsTable.mjs';

// `npm run readme`: asks the built command line for the methods and rewrites their table in README.md.
const root = new URL('../../', import.meta.url);
const readme = new URL('README.md', root);
const cli = new URL('.dist/native/cli.js', root);
const answer = execFileSync(process.execPath, [fileURLToPath(cli), 'methods', '--json'], { encoding: 'utf8' });
writeFileSync(
  readme,
  withTable(readFileSync(readme, 'utf8'), methodsTable(JSON.parse(answer.trim().split('\n').at(-1) ?? '[]'))),
);
