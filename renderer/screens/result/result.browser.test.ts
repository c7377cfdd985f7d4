import { describe, expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import { OrthantError } from '../../../native/contract/errors.ts';
import type { Evidence, TrainingResult } from '../../../native/contract/results.ts';
import { expectAccessible } from '../../testing/accessible.ts';
import { fakeConfiguration } from '../../testing/fakeData.ts';
import { answersOfRun, fakeMetrics, fakeResult, fakeRun } from '../../testing/fakeTraining.ts';
import { openWindow } from '../../testing/openTestedWindow.ts';
import { recordOf, summaryOf, type Answers } from '../../testing/testedApp.ts';

const main = page.getByRole('main');
const configuration = fakeConfiguration('diamonds');
const last = fakeMetrics(configuration, ['price'], 4);

/** The Result page of a finished run. */
function openResult(change: Partial<TrainingResult> = {}, answers: Answers = {}) {
  const result = { ...fakeResult(configuration, last, fakeRun), ...change };
  return openWindow({
    page: 'result',
    configuration,
    shown: fakeRun,
    answers: { ...answersOfRun(configuration, 'finished', 4, { result }), ...answers },
  });
}

test('what was chosen for the table is named', async () => {
  await openResult({ chosen: { method: 'penalty', hidden: [32], epochs: 4, earlyStopping: 0 } });
  await expect
    .element(main.getByText('Chosen for this table: method penalty, hidden 32, epochs 4, early stopping off'))
    .toBeVisible();
  await expectAccessible();
});

describe('without a result', () => {
  test('of any run it shows how to get one', async () => {
    await openWindow({
      page: 'result',
      configuration: null,
      answers: { runs: () => [summaryOf('/runs/1', 'failed')] },
    });
    await expect.element(main.getByRole('heading', { name: 'No result yet' })).toBeVisible();
    await expect.element(main.getByRole('button', { name: 'Choose data' })).toBeVisible();
    await expectAccessible();
    await main.getByRole('button', { name: 'Look at the runs' }).click();
    await expect.element(main.getByRole('heading', { name: 'Runs', level: 1 })).toBeVisible();
  });

  test('of an active run it links to its curves', async () => {
    await openWindow({
      page: 'result',
      configuration,
      shown: fakeRun,
      answers: answersOfRun(configuration, 'training', 1),
    });
    await expect.element(main.getByRole('heading', { name: 'This run is not done yet' })).toBeVisible();
    await main.getByRole('button', { name: 'Watch it' }).click();
    await expect.element(main.getByRole('heading', { name: 'Train', level: 1 })).toBeVisible();
  });

  test('of a failed run it shows the reason', async () => {
    const error = { code: 'data', message: 'The file is gone.' } as const;
    await openWindow({
      page: 'result',
      configuration,
      shown: fakeRun,
      answers: answersOfRun(configuration, 'failed', 1, { error }),
    });
    await expect.element(main.getByRole('heading', { name: 'This run has no result' })).toBeVisible();
    await expect.element(main.getByText('The file is gone.')).toBeVisible();
    await expect.element(main.getByRole('button', { name: /^Resume/ })).toBeVisible();
  });
});

describe('evidence', () => {
  const levels = [
    ['none', 'Some training rows are below the bound', 0],
    ['train', 'Positive: training rows', 1],
    ['held-out', 'Positive: held-out rows', 2],
    ['by-construction', 'Positive: by construction', 3],
  ] as const satisfies readonly (readonly [Evidence['level'], string, number])[];

  test.each(levels)('of the level %s is called “%s”, with %i reached levels', async (level, title, rungs) => {
    const evidence = {
      level,
      statement: 'What was found.',
      details: ['price: 0.012 on 10,000 rows.'],
      figures: [],
      limits: ['Rounded.'],
      lowestBound: 0,
    };
    await openResult({ evidence });
    const panel = main.getByRole('region', { name: title });
    await expect.element(panel).toHaveTextContent(/What was found\./);
    await expect.element(panel).toHaveTextContent(/price: 0\.012 on 10,000 rows\..*Rounded\./);
    const ladder = panel.getByRole('list', { name: 'How far the bound holds' });
    expect(ladder.getByText(': holds').elements()).toHaveLength(rungs);
    // Advice is shown unless the bound holds for every input.
    const next = panel.getByRole('button', { name: 'See the methods' });
    if (level === 'by-construction') await expect.element(next).not.toBeInTheDocument();
    else await expect.element(next).toBeVisible();
    await expectAccessible();
  });

  test('of a bound below zero claims that the bound is kept, not that outputs are positive', async () => {
    await openResult({
      evidence: { level: 'held-out', statement: 'Kept.', details: [], figures: [], limits: [], lowestBound: -1 },
    });
    await expect.element(main.getByRole('region', { name: 'Bound kept: held-out rows' })).toBeVisible();
  });
});

test('the result is read from top to bottom: figures, lowest rows, times, notes', async () => {
  const dropped = [
    { reason: 'no value in the input "depth"', rows: 1200 },
    { reason: 'could not be read', rows: 3 },
  ];
  await openResult({
    stopped: 'early-stopping',
    warnings: [{ message: 'It was still falling.' }],
    rows: { file: 11_203, used: 10_000, dropped },
  });
  await expect.element(main.getByText(/4 epochs in .*stopped early/)).toBeVisible();
  const figures = main.getByRole('region', { name: 'Every output on every split' });
  expect(figures.getByRole('row').elements()).toHaveLength(4);
  await expect
    .element(figures)
    .toHaveTextContent(
      '1,203 of 11,203 rows were left out: 1,200 with no value in the input "depth"; 3 could not be read.',
    );
  await expect.element(figures.getByRole('row').nth(1)).toHaveTextContent(/price.*training.*8,000/);
  const lowest = main.getByRole('region', { name: 'Rows with the lowest price' });
  await expect.element(lowest.getByRole('row').nth(1)).toHaveTextContent(/7.*test.*▼ −0\.5.*1/);
  await expect.element(lowest.getByRole('row').nth(1)).toHaveTextContent(/cut Ideal|cut [A-Z]/);
  await expect.element(main.getByRole('region', { name: 'Where the time went' })).toHaveTextContent(/XLA/i);
  await main.getByText('1 note on this run').click();
  await expect.element(main.getByText('It was still falling.')).toBeVisible();
  await expectAccessible();
  await lowest.getByRole('button', { name: '8', exact: true }).click();
  await expect.element(main.getByRole('grid', { name: 'Rows of the table' })).toBeVisible();
});

describe('intervals', () => {
  const panel = main.getByRole('region', { name: '90 % intervals' });
  const report = { level: 0.9, rows: 1000, note: 'They rest on validation rows.' };

  test('are shown with what they hold, and are exported on request where a format has outputs', async () => {
    const { test: held } = last.splits;
    const splits = {
      ...last.splits,
      ...(held === undefined
        ? {}
        : {
            test: {
              ...held,
              outputs: held.outputs.map((output) => ({
                ...output,
                interval: { level: 0.9, coverage: 0.904, width: 2.4 },
              })),
            },
          }),
    };
    const { asked } = await openResult(
      { intervals: { ...report, halfWidths: [1234.56] }, splits },
      {
        chooseOutput: ({ suggestedName }) => ({ path: `/work/${suggestedName}` }),
        export: ({ out }) => ({
          file: out,
          report: { verifiedBy: 'onnx-runtime', maxRelativeDifference: 0, smallestOutput: 0, rows: 9 },
        }),
      },
    );
    await expect.element(panel).toHaveTextContent(/price: prediction ± 1,235, which holds 90\.4 % of 1,000 test rows/);
    await expect.element(panel).toHaveTextContent(/They rest on validation rows\./);
    await main.getByRole('switch', { name: 'With intervals' }).click();
    await main.getByRole('button', { name: 'ONNX', exact: true }).click();
    await expect.element(main.getByText('Written to /work/My-run.onnx')).toBeVisible();
    await main.getByRole('button', { name: 'safetensors' }).click();
    await expect.element(main.getByText('Written to /work/My-run.safetensors')).toBeVisible();
    expect(asked('export')).toEqual([
      { run: fakeRun, format: 'onnx', out: '/work/My-run.onnx', intervals: true },
      { run: fakeRun, format: 'safetensors', out: '/work/My-run.safetensors', intervals: false },
    ]);
    await expectAccessible();
  });

  test('that need more validation rows are missing with the reason, and cannot be exported', async () => {
    await openResult({ intervals: { ...report, note: 'They need at least 9 validation rows.' } });
    await expect.element(panel).toHaveTextContent(/They need at least 9 validation rows\./);
    await expect.element(main.getByRole('button', { name: 'ONNX', exact: true })).toBeVisible();
    await expect.element(main.getByRole('switch', { name: 'With intervals' })).not.toBeInTheDocument();
  });
});

test('predictions can be cancelled; failed ones show the reason and can be tried again', async () => {
  let fail = true;
  await openResult(
    {},
    {
      predictions: () => new Promise<never>(() => undefined),
      worstRows: () => {
        if (fail) throw new OrthantError('engine', 'The engine is busy.');
        return { targets: ['price'], rows: [] };
      },
    },
  );
  const predicted = main.getByRole('region', { name: 'Predicted and true' });
  await expect.element(predicted.getByRole('progressbar', { name: /^Predicting the test rows/ })).toBeVisible();
  await predicted.getByRole('button', { name: 'Cancel' }).click();
  await expect.element(predicted.getByRole('alert')).toHaveTextContent(/you cancelled it/);
  const lowest = main.getByRole('region', { name: 'Rows with the lowest price' });
  await expect.element(lowest.getByRole('alert')).toHaveTextContent('The engine is busy.');
  fail = false;
  await lowest.getByRole('button', { name: 'Try again' }).click();
  await expect.element(lowest.getByRole('table')).toBeVisible();
});

test('predictions of another split are shown on request', async () => {
  const { asked } = await openResult();
  const predicted = main.getByRole('region', { name: 'Predicted and true' });
  await predicted.getByRole('group', { name: 'Split' }).getByText('training').click();
  await expect.poll(() => asked('predictions')).toMatchObject([{ split: 'test' }, { split: 'train' }]);
});

describe('the price of positivity', () => {
  const price = main.getByRole('region', { name: 'The price of positivity' });

  test('needs an unconstrained run, which is one press away', async () => {
    const { asked } = await openResult({}, { start: () => ({ run: '/runs/plain' }) });
    await expect.element(price).toHaveTextContent(/no unconstrained run on the same data yet/);
    await price.getByRole('button', { name: 'Train the unconstrained run' }).click();
    await expect
      .poll(() => asked('start'))
      .toMatchObject([{ configuration: { constraint: { method: { id: 'none' } } } }]);
  });

  test('is the error beside that of the unconstrained run', async () => {
    const plain = fakeConfiguration('diamonds');
    plain.constraint.method = { id: 'none', settings: {} };
    const plainResult = fakeResult(plain, fakeMetrics(plain, ['price'], 4), '/runs/plain');
    const own = answersOfRun(configuration, 'finished', 4);
    const { asked } = await openResult(
      {},
      {
        runs: () => [...own.runs(), { ...summaryOf('/runs/plain', 'finished'), splits: plainResult.splits }],
        runRecord: ({ run }) =>
          run === '/runs/plain'
            ? { ...recordOf(plain, 'finished'), name: 'Plain', result: plainResult }
            : own.runRecord(),
      },
    );
    await expect.element(price.getByRole('row', { name: /^price/ })).toHaveTextContent(/%/);
    await price.getByRole('button', { name: 'Plain' }).click();
    await expect.poll(() => asked('runRecord').at(-1)).toEqual({ run: '/runs/plain' });
  });

  test('has no meaning for a run without constraint', async () => {
    const plain = fakeConfiguration('diamonds');
    plain.constraint.method = { id: 'none', settings: {} };
    await openWindow({
      page: 'result',
      configuration: plain,
      shown: fakeRun,
      answers: answersOfRun(plain, 'finished', 2),
    });
    await expect.element(price).toHaveTextContent(/This run has no constraint/);
  });
});

test('a run that learned little shows a warning, and offers more epochs', async () => {
  const { app } = await openResult({
    splits: {
      train: {
        rows: 8000,
        loss: 1,
        outputs: [{ name: 'price', rmse: 9, mae: 5, negativeShare: 0, violationShare: 0, minimum: 1 }],
      },
    },
  });
  const note = main.getByRole('note').filter({ hasText: 'little was learned' });
  await note.getByRole('button', { name: /^Set .* epochs$/ }).click();
  await expect.element(main.getByRole('heading', { name: 'Train', level: 1 })).toBeVisible();
  expect(app.document.current?.training.epochs).toBeGreaterThan(40);
});

describe('the model', () => {
  test('is exported, with its path and its verification', async () => {
    const report = {
      verifiedBy: 'onnx-runtime',
      maxRelativeDifference: 2e-7,
      smallestOutput: 0.01,
      rows: 900,
    } as const;
    const { asked } = await openResult(
      {},
      {
        chooseOutput: ({ suggestedName }) => ({ path: `/work/${suggestedName}` }),
        export: ({ out }) => ({ file: out, report }),
        showInFolder: () => ({}),
      },
    );
    await main.getByRole('button', { name: 'ONNX', exact: true }).click();
    await expect.element(main.getByText('Written to /work/My-run.onnx')).toBeVisible();
    await expect.element(main).toHaveTextContent(/in ONNX Runtime, which predicted 900 rows/);
    expect(asked('export')).toEqual([{ run: fakeRun, format: 'onnx', out: '/work/My-run.onnx', intervals: false }]);
    await main.getByRole('button', { name: 'Show in folder' }).click();
    expect(asked('showInFolder')).toEqual([{ path: '/work/My-run.onnx' }]);
    await expectAccessible();
  });

  test('is not exported twice at a time, and not at all if cancelled', async () => {
    await openResult(
      {},
      { chooseOutput: () => ({ path: '/work/model' }), export: () => new Promise<never>(() => undefined) },
    );
    await main.getByRole('button', { name: 'safetensors' }).click();
    await expect
      .element(main.getByRole('button', { name: 'ONNX', exact: true }))
      .toHaveAccessibleDescription('Wait for the current export, or cancel it.');
    await main.getByRole('button', { name: 'Cancel' }).click();
    await expect.element(main.getByRole('progressbar')).not.toBeInTheDocument();
    await expect.element(main.getByText(/^Written to/)).not.toBeInTheDocument();
  });

  test('that disagrees with the trained one is refused with the reason', async () => {
    const refuse = (): never => {
      throw new OrthantError('export', 'The exported model differs by 3 standard deviations.');
    };
    await openResult({}, { chooseOutput: () => ({ path: '/work/model' }), export: refuse });
    await main.getByRole('button', { name: 'ONNX as JSON' }).click();
    await expect
      .element(main.getByRole('alert'))
      .toHaveTextContent('The exported model differs by 3 standard deviations.');
  });
});

test('the command that repeats the run is copied', async () => {
  const writeText = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
  await openResult();
  await main.getByRole('button', { name: 'Copy', exact: true }).click();
  await expect.element(main.getByRole('button', { name: 'Copied' })).toBeVisible();
  expect(writeText).toHaveBeenCalledWith(
    expect.stringMatching(/train --sample diamonds --method augmented-lagrangian/),
  );
  vi.restoreAllMocks();
});
