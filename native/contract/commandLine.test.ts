import { describe, expect, it } from 'vitest';
import { runConfigurationSchema, type RunConfiguration } from '../../native/contract/configuration.ts';
import { createProgram } from '../../native/cli/program.ts';
import { posixWord, repeatCommand, repeatTitle, windowsWord } from './commandLine.ts';

const sample = (): RunConfiguration =>
  runConfigurationSchema.parse({ data: { source: { kind: 'sample', id: 'ink' } }, network: { hidden: [784, 784] } });
const run = '/home/me/Orthant/runs/7';

describe('repeatCommand', () => {
  it('says a sample with another method by options', () => {
    const configuration = sample();
    configuration.constraint.method = { id: 'penalty', settings: { alpha: 20, schedule: 'fixed' } };
    configuration.training.epochs = 8;
    expect(repeatCommand(configuration, sample(), run, false, 'linux')).toBe(
      'npm run orthant -- train --sample ink --method penalty --set alpha=20 --set schedule=fixed --epochs 8 --seed 0',
    );
  });

  it('says a file with its targets, quoting what a shell would break up', () => {
    const configuration = runConfigurationSchema.parse({
      data: { source: { kind: 'file', path: "/data/my file's.csv" }, columns: { price: { role: 'target' } } },
      network: { hidden: [] },
    });
    const command = repeatCommand(configuration, undefined, run, false, 'linux');
    expect(command).toContain(`--data '/data/my file'\\''s.csv' --targets price`);
    expect(command).toContain('--hidden none');
  });

  it.each<[string, (configuration: RunConfiguration) => void]>([
    ['another split', (configuration) => (configuration.data.split = { by: 'column', column: 'part' })],
    ['an ignored column', (configuration) => (configuration.data.columns = { id: { role: 'ignore' } })],
    ['one activation each', (configuration) => (configuration.network.activation = ['relu', 'tanh'])],
    ['a bound each', (configuration) => (configuration.constraint.epsilon = { a: 1 })],
    ['another optimizer', (configuration) => (configuration.training.optimizer = { id: 'sgd', learningRate: 0.1 })],
  ])('falls back to the run folder for %s', (_, change) => {
    const configuration = sample();
    change(configuration);
    expect(repeatCommand(configuration, sample(), run, false, 'linux')).toBe(
      `npm run orthant -- train --config ${run}`,
    );
  });

  it('falls back to the run folder where settings were changed on the way', () => {
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
  it('promises the same run only where the command ends where the run did', () => {
    expect(repeatTitle('finished')).toBe('The same run from the command line');
    expect(repeatTitle('early-stopping')).toBe('The same run from the command line');
    expect(repeatTitle('by-request')).toBe('The same configuration from the command line, trained to its end');
  });
});

describe('a word of a command line', () => {
  it('is quoted only where it needs to be', () => {
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
