import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildCode, builtFile, temporaryFolder, writeTable } from '../engine/testing/builtEngine.ts';

/**
 * The output of the command line, word for word. Each file of transcripts/ holds commands (lines that begin with "$ ")
 * and below each its output; `vitest --update=all` rewrites the output. To add a case, add a line with its command.
 *
 * Lines of standard error begin with "! ". Commands below "# At once" are independent of each other. The last line
 * lists the new entries of the folder.
 */

const transcripts = new URL('transcripts/', import.meta.url);
const temporary = temporaryFolder();
const root = realpathSync(temporary.path);

beforeAll(() => {
  buildCode();
});
afterAll(() => {
  temporary.remove();
});

/** A file of three numbers as NumPy writes it, the second one missing. */
function numpyWithGap(): Buffer {
  const header = "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }".padEnd(117) + '\n';
  const numbers = Buffer.from(Float64Array.of(1, NaN, 3).buffer);
  return Buffer.concat([Buffer.from('\x93NUMPY\x01\x00\x76\x00', 'latin1'), Buffer.from(header), numbers]);
}

const lines = (...all: string[]): string => `${all.join('\n')}\n`;

/** Writes the files that every transcript may use. */
function writeInputs(folder: string): void {
  mkdirSync(folder);
  const write = (name: string, content: string | Buffer): void => {
    writeFileSync(path.join(folder, name), content);
  };
  writeTable(path.join(folder, 'table.csv'));
  write('negative.csv', lines('a,y', ...Array.from({ length: 40 }, (_, i) => `${i ** 2},${i - 3}`)));
  write('gap.npy', numpyWithGap());
  write('gap.csv', lines('a', '1', 'nan', '3'));
  write('broken.csv', lines('area,age,price', '50,3,120', '1,2,3,4,5', '60', '64,4,"182', '70,9,210'));
  write('german.txt', lines('Fläche;Preis', '50,5;120', '61,25;134,5', '70;210'));
  write('new.csv', lines('a,b,kind', '0.5,0.25,red', '0.1,,green', '-0.2,0.3,violet'));
  const colours = ['red', '', 'blue'];
  const gaps = Array.from(
    { length: 40 },
    (_, i) => `${i % 10 === 4 ? '' : i},${colours[i % 3]},${i === 7 ? '' : i + 1}`,
  );
  write('gaps.csv', lines('a,kind,y', ...gaps, '3,red'));
  write('empty.csv', '');
  write('document.orthant', lines('{ "data": { "source": { "kind": "sample", "id": "meats" } }, "netwrok": {} }'));
}

/** Replaces the parts that differ between runs or machines. */
function masked(text: string, folder: string): string {
  return text
    .split('\n')
    .filter((line) => !/^epoch \d+ {2}loss /.test(line))
    .map((line) => {
      const known = line
        .replaceAll(folder, '<folder>')
        .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d/g, '<date>')
        .replaceAll(/\b(?:\d+ min )?\d+(?:\.\d+)? s\b/g, '<time>')
        .replaceAll(/\b(wasm|tensorflow) \d+\.\d+\.\d+/g, '$1 <version>')
        .replaceAll(/\b\d+(?:\.\d+)? GiB/g, '<size>')
        .replaceAll(/-?\d+\.\d{7,}/g, (number) => Number(number).toPrecision(4))
        .replaceAll(/(largest difference) [\d.e+-]+/g, '$1 <difference>');
      // A column of paths is as wide as this machine's folder.
      return known === line ? line : known.replaceAll(/ {3,}/g, '  ');
    })
    .map((line) => line.replaceAll(/-{12,}/g, '------------'))
    .join('\n');
}

/** The words of a command; a word with spaces is in single quotes. */
const words = (command: string): string[] =>
  Array.from(command.matchAll(/'([^']*)'|\S+/g), ([word, quoted]) => quoted ?? word);

async function printed(command: string, folder: string): Promise<string> {
  const [, ...args] = words(command);
  const env = { ...process.env, ORTHANT_RUNS: path.join(folder, 'runs'), COLUMNS: undefined };
  const { code, out, err } = await new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const child = execFile(process.execPath, [builtFile('cli.js'), ...args], { cwd: folder, env }, (_, out, err) => {
      resolve({ code: child.exitCode ?? -1, out, err });
    });
  });
  const aside = masked(err, folder).trimEnd();
  return [
    `$ ${command}\n`,
    masked(out, folder),
    aside === '' ? '' : `${aside.replaceAll(/^/gm, '! ').replaceAll(/^! $/gm, '!')}\n`,
    code === 0 ? '' : `exit code ${code}\n`,
  ].join('');
}

const names = readdirSync(transcripts).map((file) => path.basename(file, '.txt'));

test.each(names)('transcripts/%s.txt', { timeout: 240_000 }, async (name) => {
  const file = new URL(`${name}.txt`, transcripts);
  const before = readFileSync(file, 'utf8');
  const atOnce = before.startsWith('# At once\n');
  const commands = Array.from(before.matchAll(/^\$ (.*)$/gm), ([, command]) => command ?? '');
  const folder = path.join(root, name);
  writeInputs(folder);
  const inputs = readdirSync(folder);
  const outputs: string[] = [];
  if (atOnce) outputs.push(...(await Promise.all(commands.map((command) => printed(command, folder)))));
  else for (const command of commands) outputs.push(await printed(command, folder));
  const made = readdirSync(folder).filter((entry) => !inputs.includes(entry));
  const whole = [
    ...(atOnce ? ['# At once\n'] : []),
    ...outputs,
    `# Made: ${made.length === 0 ? 'nothing' : made.join(', ')}\n`,
  ].join('\n');
  await expect(whole).toMatchFileSnapshot(file.pathname);
});
