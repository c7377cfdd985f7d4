import { describe, expect, it } from 'vitest';
import { createProgram } from '../cli/cliProgram.ts';
import { posixWord, repeatCommand as repeat, repeatTitle, windowsWord } from './commandLine.ts';
import { runConfigurationSchema, type RunConfiguration } from './configuration.ts';
import { describeConfiguration } from './describeSettings.ts';

const sample = (): RunConfiguration =>
  runConfigurationSchema.parse({ data: { source: { kind: 'sample', id: 'ink' } }, network: { hidden: [784, 784] } });
const run = '/home/me/Orthant/runs/7';
const settings = describeConfiguration();
const repeatCommand = (
  configuration: RunConfiguration,
  base: RunConfiguration | undefined,
  folder: string,
  changed: boolean,
  platform: string,
): string => repeat(configuration, base, folder, changed, platform, settings);

describe('repeatCommand', () => {
  it('writes a sample with another method as options', () => {
    const configuration = sample();
    configuration.constraint.method = { id: 'penalty', settings: { alpha: 20, schedule: 'fixed' } };
    configuration.training.epochs = 8;
    expect(repeatCommand(configuration, sample(), run, false, 'linux')).toBe(
      'npm run orthant -- train --sample ink --method penalty --set alpha=20 --set schedule=fixed --epochs 8 --seed 0',
    );
  });

  it('leaves out what is auto, unless the sample names it', () => {
    const auto = runConfigurationSchema.parse({ data: { source: { kind: 'sample', id: 'ink' } } });
    expect(repeatCommand(auto, auto, run, false, 'linux')).toBe('npm run orthant -- train --sample ink --seed 0');
    const named = sample();
    named.training.epochs = 8;
    named.constraint.method.id = 'none';
    expect(repeatCommand(auto, named, run, false, 'linux')).toBe(
      'npm run orthant -- train --sample ink --hidden auto --method auto --epochs auto --seed 0',
    );
  });

  it('writes a file with its targets, and quotes words that a shell would split', () => {
    const configuration = runConfigurationSchema.parse({
      data: { source: { kind: 'file', path: "/data/my file's.csv" }, columns: { price: { role: 'target' } } },
      network: { hidden: [] },
    });
    const command = repeatCommand(configuration, undefined, run, false, 'linux');
    expect(command).toContain(`--data '/data/my file'\\''s.csv' --targets price`);
    expect(command).toContain('--hidden none');
  });

  it.each<[string, (configuration: RunConfiguration) => void, string]>([
    [
      'another split',
      (configuration) => (configuration.data.split = { by: 'column', column: 'part' }),
      '--split-column part',
    ],
    ['an ignored column', (configuration) => (configuration.data.columns = { id: { role: 'ignore' } }), '--ignore id'],
    [
      'an order of categories',
      (configuration) =>
        (configuration.data.columns = { cut: { role: 'input', encoding: 'ordinal', order: ['a', 'b'] } }),
      '--ordinal cut=a,b',
    ],
    [
      'one activation per layer',
      (configuration) => (configuration.network.activation = ['relu', 'tanh']),
      '--activation relu,tanh',
    ],
    [
      'one bound per target',
      (configuration) => (configuration.constraint.epsilon = { a: 1, b: -2 }),
      '--epsilon a=1 --epsilon b=-2',
    ],
    [
      'another optimizer',
      (configuration) =>
        (configuration.training.optimizer = { id: 'momentum', learningRate: 0.1, momentum: 0.9, nesterov: true }),
      '--optimizer momentum --learning-rate 0.1 --optimizer-set nesterov=true',
    ],
    [
      'another delimiter and no header',
      (configuration) => (configuration.data.dialect = { delimiter: '\t', header: false }),
      String.raw`--delimiter '\t' --no-header`,
    ],
  ])('writes %s as options', (_, change, options) => {
    const configuration = sample();
    change(configuration);
    expect(repeatCommand(configuration, sample(), run, false, 'linux')).toContain(` ${options}`);
  });

  it.each<[string, (configuration: RunConfiguration, base: RunConfiguration) => void]>([
    ['a name with a comma', (configuration) => (configuration.data.columns = { 'a,b': { role: 'target' } })],
    ['an input by name', (configuration) => (configuration.data.columns = { id: { role: 'input' } })],
    ['no bound', (configuration) => (configuration.constraint.epsilon = {})],
    ['bad rows that the sample leaves out and the run does not', (_, base) => (base.data.skipBadRows = true)],
    ['a setting that the sample has and the run lacks', (_, base) => (base.constraint.method.settings = { limit: 5 })],
    ['a header that the sample gives and the run detects', (_, base) => (base.data.dialect = { header: true })],
  ])('falls back to the run folder for %s', (_, change) => {
    const configuration = sample();
    const base = sample();
    change(configuration, base);
    expect(repeatCommand(configuration, base, run, false, 'linux')).toBe(`npm run orthant -- train --config ${run}`);
  });

  it('writes a split by seed if the sample has one by column, even with the default shares', () => {
    const base = sample();
    base.data.split = { by: 'column', column: 'part' };
    expect(repeatCommand(sample(), base, run, false, 'linux')).toContain(
      ' --validation 0.1 --test 0.1 --split-seed 0 --seed',
    );
  });

  it('falls back to the run folder while the settings are not known', () => {
    expect(repeat(sample(), sample(), run, false, 'linux', [])).toContain(`--config ${run}`);
  });

  it('falls back to the run folder if settings were changed during the run', () => {
    expect(repeatCommand(sample(), sample(), run, true, 'linux')).toContain(`--config ${run}`);
  });

  it('uses only options that the command line has', () => {
    const train = createProgram().commands.find((command) => command.name() === 'train');
    const known = new Set(train?.options.map((option) => option.long));
    const configuration = sample();
    Object.assign(configuration.training, { loss: 'huber', batchSize: 32, epochs: 9, seed: 4 });
    configuration.network.activation = 'tanh';
    configuration.network.hidden = [8];
    configuration.constraint.epsilon = 0.5;
    configuration.data.skipBadRows = true;
    const used = repeatCommand(configuration, sample(), run, false, 'linux').match(/--[a-z-]+/g) ?? [];
    expect(used.length).toBeGreaterThan(8);
    for (const option of used) expect(known).toContain(option);
  });
});

describe('repeatTitle', () => {
  it('promises the same run only if the command ends where the run did', () => {
    expect(repeatTitle('finished')).toBe('The same run from the command line');
    expect(repeatTitle('early-stopping')).toBe('The same run from the command line');
    expect(repeatTitle('by-request')).toBe('The same configuration from the command line, trained to its end');
  });
});

describe('a word of a command line', () => {
  it('is quoted only if necessary', () => {
    expect(posixWord('a/b-c.csv')).toBe('a/b-c.csv');
    expect(posixWord('a b')).toBe("'a b'");
    expect(posixWord('')).toBe("''");
  });

  it('is quoted as Windows reads it there', () => {
    expect(windowsWord('C:\\data\\a-b.csv')).toBe('C:\\data\\a-b.csv');
    expect(windowsWord('C:\\my data\\')).toBe('"C:\\my data\\\\"');
    expect(windowsWord('steps={"a":1}')).toBe('"steps={\\"a\\":1}"');
    // A comma makes a list in PowerShell.
    expect(windowsWord('price,area')).toBe('"price,area"');
    const configuration = runConfigurationSchema.parse({ data: { source: { kind: 'file', path: "C:\\it's.csv" } } });
    expect(repeatCommand(configuration, undefined, run, false, 'win32')).toContain(`--data "C:\\it's.csv"`);
    expect(repeatCommand(sample(), sample(), 'C:\\my runs\\7', true, 'win32')).toContain('--config "C:\\my runs\\7"');
  });
});
