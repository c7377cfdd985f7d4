import { describe, expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { OrthantError } from '../../../native/contract/errors.ts';
import { expectAccessible } from '../../testing/accessible.ts';
import { fakeConfiguration } from '../../testing/fakeData.ts';
import { answersOfRun, fakeRun } from '../../testing/fakeTraining.ts';
import { openWindow } from '../../testing/openTestedWindow.ts';
import type { Answers } from '../../testing/testedApp.ts';

/** Predictions of a run's model for a typed row and for the rows of another file. */

const main = page.getByRole('main');
const row = main.getByRole('region', { name: 'One row' });
const file = main.getByRole('region', { name: 'Rows of another file' });

async function openPredict(answers: Answers = {}, more: Parameters<typeof answersOfRun>[3] = {}) {
  const configuration = fakeConfiguration('diamonds');
  const opened = await openWindow({
    page: 'result',
    configuration,
    shown: fakeRun,
    answers: { ...answersOfRun(configuration, 'finished', 2, more), ...answers },
  });
  await main.getByRole('tab', { name: 'Predict' }).click();
  await expect.element(row).toBeVisible();
  return opened;
}

describe('a row', () => {
  test('has a field for each input, and its prediction is announced', async () => {
    const { asked } = await openPredict({
      predictRow: () => ({ targets: ['price'], prediction: [-1234.5], unseen: ['cut'] }),
    });
    await row.getByRole('textbox', { name: 'carat' }).fill('0,5');
    await userEvent.selectOptions(row.getByRole('combobox', { name: 'cut' }), 'Fair');
    await expectAccessible();
    await row.getByRole('button', { name: 'Predict' }).click();
    await expect.element(row.getByRole('status')).toHaveTextContent(/price ?▼ −1,234\.5/);
    await expect.element(row.getByRole('note')).toHaveTextContent('Never seen in training: cut.');
    expect(asked('predictRow')).toEqual([{ model: fakeRun, values: { carat: 0.5, cut: 'Fair' } }]);
    await expectAccessible();
  });

  test('has its interval beside its prediction, if the model has intervals', async () => {
    await openPredict({
      predictRow: () => ({ targets: ['price'], prediction: [1234.5], level: 0.9, low: [0], high: [2469], unseen: [] }),
    });
    await row.getByRole('button', { name: 'Predict' }).click();
    await expect.element(row.getByRole('status')).toHaveTextContent(/price ?1,234\.5 90 % interval: 0 to 2,469/);
    await expectAccessible();
  });

  test('with an invalid number is not predicted, and shows the error', async () => {
    const { asked } = await openPredict();
    await row.getByRole('textbox', { name: 'carat' }).fill('much');
    await row.getByRole('button', { name: 'Predict' }).click();
    await expect.element(row.getByRole('alert')).toHaveTextContent(/carat/);
    expect(asked('predictRow')).toEqual([]);
  });

  test('offers a missing category where that is one of its own', async () => {
    const inputs = [{ kind: 'one-hot' as const, column: 'cut', categories: ['', 'Ideal'], acceptsMissing: true }];
    const { asked } = await openPredict(
      { predictRow: () => ({ targets: ['price'], prediction: [2], unseen: [] }) },
      { schema: { inputs, targets: [{ name: 'price', scale: 1 }] } },
    );
    const cut = row.getByRole('combobox', { name: 'cut' });
    await expect.element(cut).toHaveDisplayValue('Ideal');
    await userEvent.selectOptions(cut, 'missing');
    await row.getByRole('button', { name: 'Predict' }).click();
    await expect.poll(() => asked('predictRow')).toEqual([{ model: fakeRun, values: { cut: null } }]);
  });

  test('is copied from the open table', async () => {
    await openPredict();
    await row.getByRole('button', { name: 'Use row 1 of the table' }).click();
    await expect.element(row.getByRole('combobox', { name: 'cut' })).toHaveDisplayValue('Ideal');
    await expect.element(row.getByRole('textbox', { name: 'carat' })).not.toHaveValue('3.9');
  });

  test('of very many inputs is pasted', async () => {
    const inputs = Array.from({ length: 41 }, (_, index) => ({
      kind: 'number' as const,
      column: `pixel_${index}`,
      shift: 0,
      scale: 1,
    }));
    const { asked } = await openPredict(
      { predictRow: () => ({ targets: ['price'], prediction: [2], unseen: [] }) },
      { schema: { inputs, targets: [{ name: 'price', scale: 1 }] } },
    );
    const text = row.getByRole('textbox', { name: 'Values of the 41 inputs, in their order' });
    await text.fill(inputs.map(() => '1').join(' '));
    await row.getByRole('button', { name: 'Predict' }).click();
    await expect.element(row.getByRole('status')).toHaveTextContent(/price ?2/);
    expect(Object.keys((asked('predictRow')[0] as { values: object }).values)).toHaveLength(41);
  });
});

describe('a file', () => {
  const answer = {
    targets: ['price'],
    rows: 30,
    skipped: [{ reason: 'without carat', rows: 2 }],
    negative: [1],
    minimum: [-0.25],
    unseen: { cut: ['Awful'] },
    predictions: [
      { row: 1, prediction: [2.5] },
      { row: 2, prediction: [-0.25] },
    ],
  };
  const chosen = { chooseFile: () => ({ path: '/work/new.csv' }) };

  test('is predicted row by row, with notes, and saved completely', async () => {
    const { asked } = await openPredict({
      ...chosen,
      predict: () => answer,
      chooseOutput: () => ({ path: '/work/new-predicted.csv' }),
    });
    await file.getByRole('button', { name: 'Choose a file' }).click();
    await expect.element(file.getByText(/^30 rows of new\.csv predicted; lowest price −0\.25\./)).toBeVisible();
    await expect.element(file.getByText(/1 output is below zero/)).toBeVisible();
    await expect.element(file.getByRole('region', { name: 'Predictions' })).toHaveTextContent(/2 ?▼ −0\.25/);
    await expect.element(file.getByText(/2 rows without a prediction: without carat/)).toBeVisible();
    await expect.element(file.getByText(/never seen \(Awful\)/)).toBeVisible();
    await expectAccessible();
    await file.getByRole('button', { name: 'Save all as CSV' }).click();
    await expect.element(file.getByText('Saved to /work/new-predicted.csv')).toBeVisible();
    expect(asked('predict').at(-1)).toMatchObject({ model: fakeRun, out: '/work/new-predicted.csv' });
  });

  test('has a column of intervals, if the model has them', async () => {
    const rows = answer.predictions.map((each) => ({ ...each, low: [0], high: [4.75] }));
    await openPredict({ ...chosen, predict: () => ({ ...answer, level: 0.95, predictions: rows }) });
    await file.getByRole('button', { name: 'Choose a file' }).click();
    const predictions = file.getByRole('region', { name: 'Predictions' });
    await expect.element(predictions.getByRole('row').nth(0)).toHaveTextContent(/price ?95 % interval/);
    await expect.element(predictions.getByRole('row').nth(1)).toHaveTextContent(/2\.5.*0 to 4\.75/);
    await expectAccessible();
  });

  test('with bad rows is predicted without them', async () => {
    const { asked } = await openPredict({
      ...chosen,
      predict: ({ table }) => {
        if (!table.skipBadRows)
          throw new OrthantError('data', 'Line 3 has a quote that is never closed.', { field: 'skipBadRows' });
        return answer;
      },
    });
    await file.getByRole('button', { name: 'Choose a file' }).click();
    await expect.element(file.getByRole('alert')).toHaveTextContent('Line 3 has a quote that is never closed.');
    await file.getByRole('button', { name: /without these rows/ }).click();
    await expect.element(file.getByRole('region', { name: 'Predictions' })).toBeVisible();
    expect(asked('predict')).toMatchObject([{ table: { skipBadRows: false } }, { table: { skipBadRows: true } }]);
  });

  test('can be cancelled; another one is dropped', async () => {
    const { asked } = await openPredict({ ...chosen, predict: () => new Promise<never>(() => undefined) });
    await file.getByRole('button', { name: 'Choose a file' }).click();
    await expect.element(file.getByRole('progressbar', { name: /^Predicting the rows of new\.csv/ })).toBeVisible();
    await expect
      .element(file.getByRole('button', { name: 'Choose a file' }))
      .toHaveAccessibleDescription('Wait for the current file, or cancel it.');
    await file.getByRole('button', { name: 'Cancel' }).click();
    await expect.element(file.getByRole('progressbar')).not.toBeInTheDocument();
    const files = new DataTransfer();
    files.items.add(new File(['a'], 'other.csv'));
    const drag = { bubbles: true, cancelable: true, dataTransfer: files };
    const place = file.getByText(/^or drop it here/).element();
    place.dispatchEvent(new DragEvent('dragover', drag));
    await expect.element(file.getByText('Drop it to predict its rows.')).toBeVisible();
    place.dispatchEvent(new DragEvent('drop', drag));
    await vi.waitFor(() => {
      expect(asked('predict').at(-1)).toMatchObject({ table: { source: { path: '/dropped/other.csv' } } });
    });
    // The window has not opened it as data.
    expect(asked('rememberFile')).toEqual([]);
  });
});
