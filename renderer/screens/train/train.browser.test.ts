import { describe, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { WindowEvent } from '../../../native/contract/window.ts';
import { expectAccessible } from '../../testing/accessible.ts';
import { fakeConfiguration } from '../../testing/fakeData.ts';
import { answersOfRun, fakeMetrics, fakeRun } from '../../testing/fakeTraining.ts';
import { openWindow } from '../../testing/openTestedWindow.ts';
import { summaryOf } from '../../testing/testedApp.ts';

const main = page.getByRole('main');
const bar = page.getByRole('contentinfo');
const panel = page.getByRole('complementary', { name: 'Training settings' });
const button = (name: string) => bar.getByRole('button', { name, exact: true });
const configuration = fakeConfiguration('diamonds');

/** The Train page with a run in this state after this many epochs. */
const openRun = (
  state: Parameters<typeof answersOfRun>[1],
  epochs: number,
  more: Parameters<typeof answersOfRun>[3] = {},
  answers: NonNullable<Parameters<typeof openWindow>[0]>['answers'] = {},
) =>
  openWindow({
    page: 'train',
    configuration,
    shown: fakeRun,
    answers: { ...answersOfRun(configuration, state, epochs, more), ...answers },
  });

describe('before a run', () => {
  test('without data it shows what is missing', async () => {
    await openWindow({ page: 'train', configuration: null });
    await expect.element(main.getByRole('heading', { name: 'Nothing trained yet' })).toBeVisible();
    await expect.element(main.getByText('Choose data first.')).toBeVisible();
    await expect.element(panel.getByText(/appear here once data is chosen/)).toBeVisible();
    await expectAccessible();
    await main.getByRole('button', { name: 'Choose data' }).click();
    await expect.element(main.getByRole('region', { name: 'Samples' })).toBeVisible();
  });

  test('with data it is started by a button, or by keys from anywhere', async () => {
    const { asked, app, emit } = await openWindow({ page: 'train', answers: { start: () => ({ run: fakeRun }) } });
    await expect.element(main.getByText(/^Everything is ready/)).toBeVisible();
    await panel.getByRole('textbox', { name: 'Epochs' }).fill('7');
    await expectAccessible();
    await userEvent.keyboard('{Control>}{Enter}{/Control}');
    await expect.poll(() => asked('start')).toMatchObject([{ configuration: { training: { epochs: 7 } } }]);
    emit({ event: 'phase', run: fakeRun, state: 'preparing', message: 'starting' });
    await expect.element(main.getByText(/: preparing, starting/)).toBeVisible();
    app.go('data');
    await button('Train another').click();
    expect(asked('start')).toHaveLength(2);
  });
});

describe('a run', () => {
  test('that is queued is shown as such, and is in the list', async () => {
    const { emit } = await openRun('training', 1);
    await expect.element(main.getByText('My run: training')).toBeVisible();
    emit({ event: 'phase', run: '/runs/2', state: 'queued', message: '' });
    await bar.getByRole('button', { name: '1 waiting' }).click();
    await expect.element(main.getByRole('heading', { name: 'Runs', level: 1 })).toBeVisible();
  });

  test('in preparation shows its phase, and can be stopped but not paused', async () => {
    const { emit, asked } = await openRun('preparing', 0, {}, { stop: () => ({}) });
    emit({ event: 'phase', run: fakeRun, state: 'preparing', message: 'reading diamonds.csv' });
    await expect.element(main.getByText('My run: preparing, reading diamonds.csv')).toBeVisible();
    await expect.element(button('Pause')).toHaveAccessibleDescription('The run is still being prepared.');
    await expectAccessible();
    await button('Stop').click();
    expect(asked('stop')).toEqual([{ run: fakeRun }]);
  });

  test('that trains draws its curves epoch by epoch, and is paused', async () => {
    const { emit, asked } = await openRun('training', 2, {}, { pause: () => ({}) });
    await expect.element(bar.getByRole('status')).toHaveTextContent('epoch 2/40');
    const events: WindowEvent[] = [
      { event: 'metrics', run: fakeRun, metrics: fakeMetrics(configuration, ['price'], 3) },
      {
        event: 'progress',
        run: fakeRun,
        epoch: 4,
        epochs: 40,
        step: 400,
        steps: 5000,
        objective: 0.5,
        secondsLeft: 65,
      },
    ];
    emit(...events);
    await expect.element(bar.getByRole('status')).toHaveTextContent('epoch 3/40, 1 min 05 s left');
    const progress = bar.getByRole('progressbar', { name: 'Progress of the run' });
    expect((progress.element() as HTMLProgressElement).value).toBeCloseTo(0.08);
    await expect.element(main.getByRole('figure', { name: 'Worst output' })).toBeVisible();
    await expect
      .element(main.getByRole('figure', { name: 'Outputs of price around zero' }))
      .toHaveTextContent(/epoch 3/);
    await expect.element(panel.getByText(/^Settings of the next run/)).toBeVisible();
    await expect.element(button('One epoch')).toHaveAccessibleDescription('Pause the run first.');
    await expectAccessible();
    await button('Pause').click();
    expect(asked('pause')).toEqual([{ run: fakeRun }]);
  });

  test('that is paused accepts changes, and resumes with them', async () => {
    const { asked } = await openRun('paused', 3, {}, { resume: () => ({}), oneEpoch: () => ({}) });
    await expect.element(bar.getByRole('status')).toHaveTextContent('epoch 3/40, paused');
    await expect.element(panel.getByRole('heading', { name: 'The paused run' })).toBeVisible();
    await button('One epoch').click();
    expect(asked('oneEpoch')).toEqual([{ run: fakeRun }]);
    const undo = panel.getByRole('button', { name: 'Undo these changes' });
    await expect.element(undo).toHaveAccessibleDescription('Nothing was changed yet.');
    const rate = panel.getByRole('textbox', { name: 'Learning rate' }).first();
    await rate.fill('0.005');
    await expectAccessible();
    await undo.click();
    await expect.element(rate).toHaveValue('0.003');
    await rate.fill('0.0005');
    await bar.getByRole('button', { name: /with the changes$/ }).click();
    expect(asked('resume')).toEqual([{ run: fakeRun, change: { learningRate: 0.0005 } }]);
  });

  test('that was stopped has a result, and can be resumed', async () => {
    const { asked } = await openRun('stopped', 3, {}, { resumeRun: ({ run }) => ({ run }) });
    await expect.element(main.getByText('My run: stopped')).toBeVisible();
    const note = main.getByRole('note').filter({ hasText: 'This run was stopped.' });
    await expectAccessible();
    await note.getByRole('button', { name: /^Resume/ }).click();
    await expect.poll(() => asked('resumeRun')).toEqual([{ run: fakeRun }]);
  });

  test('that is finished leads to its result', async () => {
    await openRun('finished', 4);
    await expect.element(main.getByText('My run: finished')).toBeVisible();
    await expectAccessible();
    await main.getByRole('button', { name: 'See the result' }).click();
    await expect.element(main.getByRole('heading', { name: 'My run', level: 1 })).toBeVisible();
  });

  test('that failed shows the reason, and starts again from the beginning if there is no checkpoint', async () => {
    const error = { code: 'diverged', message: 'The loss is not a number since epoch 2.' } as const;
    const runs = () => [{ ...summaryOf(fakeRun, 'failed'), name: 'My run' }];
    await openRun('failed', 2, { error }, { runs });
    const alert = main.getByRole('alert');
    await expect.element(alert).toHaveTextContent('The loss is not a number since epoch 2.');
    await expect.element(alert.getByRole('button', { name: 'Start it again from the beginning' })).toBeVisible();
    await expect.element(main.getByText('My run: failed')).toBeVisible();
    await expectAccessible();
  });

  test('whose process crashed is shown as interrupted', async () => {
    await openRun('interrupted', 2);
    await expect.element(main.getByText('My run: interrupted')).toBeVisible();
    const note = main.getByRole('note').filter({ hasText: 'ended before it was done' });
    await expect.element(note.getByRole('button', { name: /^Resume/ })).toBeVisible();
  });

  test('that has ended does not hide the active one', async () => {
    const { emit } = await openRun('finished', 2);
    await expect.element(main.getByText('My run: finished')).toBeVisible();
    emit({ event: 'phase', run: '/runs/2', state: 'training', message: '' });
    await main.getByRole('button', { name: 'Show the active run' }).click();
    await expect.element(main.getByText(/: training/)).toBeVisible();
  });

  test('collects its notes', async () => {
    const { emit } = await openRun('training', 1);
    await expect.element(main.getByText('My run: training')).toBeVisible();
    emit({ event: 'warning', run: fakeRun, warning: { message: 'The batch is larger than the data.' } });
    await main.getByText('1 note on this run').click();
    await expect.element(main.getByText('The batch is larger than the data.')).toBeVisible();
  });
});
