import { describe, expect, it } from 'vitest';
import { runConfigurationSchema, type RunConfiguration } from '../../native/contract/configuration.ts';
import { createProgram } from '../../native/cli/program.ts';
import { repeatCommand, shellWord } from './commandLine.ts';

const sample = (): RunConfiguration =>
  runConfigurationSchema.parse({ data: { source: { kind: 'sample', id: 'ink' } }, network: { hidden: [784, 784] } });
const run = '/home/me/Orthant/runs/7';

describe('repeatCommand', () => {
  it('says a sample with another method by options', () => {
    const configuration = sample();
    configuration.constraint.method = { id: 'penalty', settings: { alpha: 20, schedule: 'fixed' } };
    configuration.training.epochs = 8;
    expect(repeatCommand(configuration, sample(), run, false)).toBe(
      'npm run orthant -- train --sample ink --method penalty --set alpha=20 --set schedule=fixed --epochs 8 --seed 0',
    );
  });

  it('says a file with its targets, quoting what a shell would break up', () => {
    const configuration = runConfigurationSchema.parse({
      data: { source: { kind: 'file', path: "/data/my file's.csv" }, columns: { price: { role: 'target' } } },
      network: { hidden: [] },
    });
    const command = repeatCommand(configuration, undefined, run, false);
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
    expect(repeatCommand(configuration, sample(), run, false)).toBe(`npm run orthant -- train --config ${run}`);
  });

  it('falls back to the run folder where settings were changed on the way', () => {
    expect(repeatCommand(sample(), sample(), run, true)).toContain(`--config ${run}`);
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
    const used = repeatCommand(configuration, sample(), run, false).match(/--[a-z-]+/g) ?? [];
    expect(used.length).toBeGreaterThan(8);
    for (const option of used) expect(known).toContain(option);
  });
});

describe('shellWord', () => {
  it('quotes only what needs it', () => {
    expect(shellWord('a/b-c.csv')).toBe('a/b-c.csv');
    expect(shellWord('a b')).toBe("'a b'");
    expect(shellWord('')).toBe("''");
  });
});
