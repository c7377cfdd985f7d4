import { describe, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { OrthantError } from '../../../native/contract/errors.ts';
import type { RunSummary } from '../../../native/contract/runRecord.ts';
import { expectAccessible } from '../../testing/accessible.ts';
import { fakeConfiguration } from '../../testing/fakeData.ts';
import { answersOfRun, fakeMetrics, fakeResult } from '../../testing/fakeTraining.ts';
import { openWindow } from '../../testing/openTestedWindow.ts';
import { summaryOf, type Answers } from '../../testing/testedApp.ts';

const main = page.getByRole('main');
const row = (name: string) => main.getByRole('row').filter({ hasText: name });
const search = main.getByRole('searchbox', { name: 'Search runs' });

const named = (name: string, state: RunSummary['state'], checkpoint?: number): RunSummary => ({
  ...summaryOf(`/runs/${name}`, state, checkpoint),
  name,
});

function finished(name: string, method = 'penalty'): RunSummary {
  const configuration = fakeConfiguration('diamonds');
  configuration.constraint.method = { id: method, settings: {} };
  const { splits, evidence } = fakeResult(configuration, fakeMetrics(configuration, ['price'], 3), `/runs/${name}`);
  return { ...named(name, 'finished'), method, splits, evidence, trained: 3 };
}

const openRuns = (runs: RunSummary[], answers: Answers = {}) =>
  openWindow({ page: 'runs', answers: { runs: () => runs, ...answers } });

test('without runs it shows what will be here', async () => {
  await openRuns([]);
  await expect.element(main.getByRole('heading', { name: 'No runs yet' })).toBeVisible();
  await expectAccessible();
  await main.getByRole('button', { name: 'Start screen' }).click();
  await expect.element(main.getByRole('region', { name: 'Samples' })).toBeVisible();
});

test('each run is a row: its epochs, error, negatives and evidence', async () => {
  await openRuns([
    finished('Alpha'),
    finished('Beta', 'none'),
    named('Gamma', 'interrupted', 2),
    { ...named('Delta', 'failed'), damaged: 'run.json ends in the middle.' },
  ]);
  await expect.element(main.getByText('4 runs')).toBeVisible();
  await expect.element(row('Alpha')).toHaveTextContent(/Quadratic penalty.*3.*held-out rows/);
  await expect.element(row('Beta')).toHaveTextContent(/▼ .* %.*not shown/);
  await expect.element(row('Gamma')).toHaveTextContent(/2 of 3.*interrupted/);
  await expect.element(row('Delta').getByText('damaged')).toHaveAttribute('title', 'run.json ends in the middle.');
  await expectAccessible();
});

test('a run that is worse than a simple prediction is marked, with the errors it is compared with', async () => {
  const alpha = finished('Alpha');
  const output = { ...alpha.splits!.test!.outputs[0]!, rmse: 9, meanRmse: 8, linearRmse: 3.25, r2: -0.27 };
  await openRuns([{ ...alpha, splits: { test: { rows: 9, loss: 1, outputs: [output] } } }, finished('Beta')]);
  await expect.element(row('Alpha')).toHaveTextContent(/▲ 9/);
  await expect.element(row('Alpha')).toHaveTextContent(/price: RMSE 9, mean 8, linear model 3\.25; worse than always/);
  await expect.element(row('Alpha')).toHaveTextContent(/−0\.27/);
  await expect.element(row('Beta')).toHaveTextContent(/mean 0\.9, linear model 0\.6\./);
  await expect.element(row('Beta')).not.toHaveTextContent(/▲/);
  await expectAccessible();
});

test('runs are searched by name, method and state', async () => {
  await openRuns([finished('Alpha'), named('Gamma', 'interrupted')]);
  await search.fill('penalty');
  await expect.element(main.getByText('2 runs, 1 found')).toBeVisible();
  await expect.element(row('Gamma')).not.toBeInTheDocument();
  await search.fill('nothing like it');
  await expect.element(main.getByText('No run matches “nothing like it”.')).toBeVisible();
});

describe('of a run', () => {
  test('curves and result are opened by its name', async () => {
    const configuration = fakeConfiguration('diamonds');
    await openRuns([finished('Alpha')], {
      runRecord: answersOfRun(configuration, 'finished', 3).runRecord,
    });
    await row('Alpha').getByRole('button', { name: 'Alpha', exact: true }).click();
    await expect.element(main.getByRole('heading', { name: 'My run', level: 1 })).toBeVisible();
  });

  test('the name is changed with Enter, kept with Escape, and the focus stays', async () => {
    const record = answersOfRun(fakeConfiguration('diamonds'), 'finished', 1).runRecord();
    const { asked } = await openRuns([finished('Alpha')], {
      renameRun: ({ name }) => ({ ...record, name }),
    });
    await main.getByRole('button', { name: 'Rename Alpha' }).click();
    const field = main.getByRole('textbox', { name: 'Name of the run' });
    await expect.element(field).toHaveFocus();
    await field.fill('Omega');
    await userEvent.keyboard('{Escape}');
    await expect.element(row('Alpha').getByRole('button', { name: 'Alpha', exact: true })).toHaveFocus();
    expect(asked('renameRun')).toEqual([]);
    await main.getByRole('button', { name: 'Rename Alpha' }).click();
    await field.fill('Omega');
    await userEvent.keyboard('{Enter}');
    await expect.element(main.getByRole('button', { name: 'Omega', exact: true })).toHaveFocus();
    expect(asked('renameRun')).toEqual([{ run: '/runs/Alpha', name: 'Omega' }]);
  });

  test('deleting can be undone', async () => {
    const all = [finished('Alpha'), finished('Beta')];
    let runs = all;
    const { asked } = await openRuns([], {
      runs: () => runs,
      deleteRun: ({ run }) => {
        runs = all.filter((known) => known.run !== run);
        return { binned: '/runs/.bin/Alpha' };
      },
      restoreRun: () => {
        runs = all;
        return { run: '/runs/Alpha' };
      },
    });
    await main.getByRole('button', { name: 'Delete Alpha' }).click();
    await expect.element(row('Alpha')).not.toBeInTheDocument();
    const note = main.getByRole('note').filter({ hasText: '“Alpha” was deleted.' });
    await expectAccessible();
    await note.getByRole('button', { name: 'Undo' }).click();
    await expect.element(row('Alpha')).toBeVisible();
    expect(asked('restoreRun')).toEqual([{ binned: '/runs/.bin/Alpha' }]);
  });

  test('that is active a reason against deleting is shown; a queued one is removed from the queue', async () => {
    const { asked } = await openRuns([named('Busy', 'training'), named('Next', 'queued')], {
      stop: () => ({}),
      status: () => ({ current: '/runs/Busy', state: 'training', queued: ['/runs/Next'] }),
    });
    await expect
      .element(main.getByRole('button', { name: 'Delete Busy' }))
      .toHaveAccessibleDescription('It is running: stop it first.');
    await main.getByRole('button', { name: 'Remove Next from the queue' }).click();
    expect(asked('stop')).toEqual([{ run: '/runs/Next' }]);
  });

  test('the configuration is used again', async () => {
    const { app } = await openRuns([finished('Alpha')], {
      runRecord: answersOfRun(fakeConfiguration('ink'), 'finished', 3).runRecord,
    });
    await main.getByRole('button', { name: 'Use the configuration of Alpha again' }).click();
    await expect.element(main.getByRole('heading', { name: 'Constraint', level: 1 })).toBeVisible();
    expect(app.document.current?.network.hidden).toEqual([784, 784]);
  });
});

test('an error of the list is shown', async () => {
  const refuse = (): never => {
    throw new OrthantError('run', 'Another process works on it.');
  };
  await openRuns([finished('Alpha')], { deleteRun: refuse });
  await main.getByRole('button', { name: 'Delete Alpha' }).click();
  await expect.element(main.getByRole('alert')).toHaveTextContent('Another process works on it.');
  await expect.element(row('Alpha')).toBeVisible();
});

describe('compared', () => {
  const names = ['Alpha', 'Beta', 'Gamma', 'Delta', 'Epsilon', 'Zeta'];

  test('two runs are side by side, with the settings that differ', async () => {
    const configurationOf = (run: string) => {
      const configuration = fakeConfiguration('diamonds');
      if (run.endsWith('Beta')) configuration.network.hidden = [8];
      return configuration;
    };
    const answersOf = (run: string) => answersOfRun(configurationOf(run), 'finished', 3, { name: run.slice(6) });
    await openRuns([finished('Alpha'), finished('Beta')], {
      runRecord: ({ run }) => answersOf(run).runRecord(),
      runMetrics: ({ run }) => answersOf(run).runMetrics(),
    });
    const compare = main.getByRole('button', { name: /^Compare( \d)?$/ });
    await expect.element(compare).toHaveAccessibleDescription('Choose 2 to 5 runs first.');
    await main.getByRole('checkbox', { name: 'Compare Alpha' }).click();
    await main.getByRole('checkbox', { name: 'Compare Beta' }).click();
    await compare.click();
    await expect.element(main.getByRole('heading', { name: '2 runs compared' })).toBeVisible();
    await expect.element(main.getByRole('figure').first()).toBeVisible();
    await expect.element(main.getByRole('region', { name: 'Side by side' })).toHaveTextContent(/Error of price/);
    await expect
      .element(main.getByRole('region', { name: 'Settings that differ' }).getByRole('row').nth(1))
      .toHaveTextContent(/network\.hidden.*64.*8/);
    await expectAccessible();
    await main.getByRole('button', { name: 'All runs' }).click();
    await expect.element(main.getByRole('checkbox', { name: 'Compare Alpha' })).toBeChecked();
  });

  test('are at most five: a sixth shows the reason and is not chosen', async () => {
    await openRuns(names.map((name) => finished(name)));
    for (const name of names.slice(0, 5)) await main.getByRole('checkbox', { name: `Compare ${name}` }).click();
    const sixth = main.getByRole('checkbox', { name: 'Compare Zeta' });
    await expect.element(sixth).toHaveAccessibleDescription('At most 5 runs are compared at a time.');
    await sixth.click({ force: true });
    await expect.element(sixth).not.toBeChecked();
    await expect
      .poll(() => main.getByRole('status').getByText('At most 5 runs are compared at a time.').elements())
      .toHaveLength(1);
  });
});
