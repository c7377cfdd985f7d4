import { describe, expect, test, vi } from 'vitest';
import { render } from 'vitest-browser-svelte';
import { constraintMethods, describeMethods } from '../../native/constraints/registry.ts';
import {
  activations,
  optimizerSchema,
  runConfigurationSchema,
  scheduleSchema,
  type OptimizerSettings,
  type RunConfiguration,
  type ScheduleSettings,
} from '../../native/contract/configuration.ts';
import { describeConfiguration } from '../../native/contract/describeSettings.ts';
import Root from '../Root.svelte';
import { ConfigurationDocument } from '../state/configuration.svelte.ts';
import { fakeConfiguration, fakeInspection } from '../testing/fakeData.ts';
import { formText, rangesText } from '../testing/formText.ts';
import { recordOf, testedApp } from '../testing/testedApp.ts';

/**
 * Golden texts of every form of the window, in `golden/`. Generated controls must match those once written by hand.
 */

type Page = 'data' | 'network' | 'constraint' | 'train';

async function form(
  page: Page,
  name: string,
  change: (draft: RunConfiguration) => void = () => undefined,
  runState?: 'paused' | 'training',
) {
  const document = new ConfigurationDocument();
  const configuration = fakeConfiguration('diamonds');
  change(configuration);
  document.replace('open', configuration);
  const { app } = await testedApp({
    ...(runState === undefined
      ? {}
      : {
          status: () => ({ current: '/runs/1', state: runState, queued: [] }),
          runRecord: () => recordOf(configuration, runState),
        }),
    loadDraft: () => ({ draft: { document: document.draft(), page } }),
    methods: describeMethods,
    inspect: () => fakeInspection('diamonds'),
    prepare: () => ({
      rowsInFile: 1000,
      rowsUsed: 1000,
      missing: 'own-category',
      dropped: [],
      split: { train: 800, validation: 100, test: 100 },
      features: [{ name: 'carat', column: 'carat', shift: 3.9, scale: 1.2 }],
      targets: [{ name: 'price', scale: 4000, minimum: 0, maximum: 18_823 }],
      warnings: [],
    }),
  });
  await vi.waitFor(() => {
    expect(app.data.preparation).toBeDefined();
  });
  const screen = await render(Root, { app });
  const panel = screen.getByRole('complementary', { name });
  await expect.element(panel).toBeVisible();
  // Parts of a page are rendered over several frames, so wait until the text no longer changes.
  let before = '';
  await vi.waitUntil(
    () => {
      const now = formText(panel.element());
      const settled = now === before && now.length > 20;
      before = now;
      return settled;
    },
    { timeout: 5000, interval: 150 },
  );
  return panel.element();
}

const golden = async (name: string, panel: Element, ranges = true): Promise<void> => {
  await expect(`${formText(panel)}\n`).toMatchFileSnapshot(`golden/${name}.txt`);
  if (ranges) await expect(`${rangesText(panel)}\n`).toMatchFileSnapshot(`golden/${name}-ranges.txt`);
};

test('the form of the data', async () => {
  await golden('data', await form('data', 'Data settings'));
});

describe('the form in which everything is automatic', () => {
  const automatic = (draft: RunConfiguration): void => {
    Object.assign(draft, runConfigurationSchema.parse({ data: { source: draft.data.source } }));
  };

  test.each([
    ['data', 'Data settings'],
    ['network', 'Network settings'],
    ['constraint', 'Constraint settings'],
    ['train', 'Training settings'],
  ] as const)('of the step %s', async (page, name) => {
    await golden(`${page}-automatic`, await form(page, name, automatic));
  });
});

test('the form of a category column, of filled gaps and of a split by column', async () => {
  const panel = await form('data', 'Data settings', (draft) => {
    draft.data.missing = 'median';
    draft.data.split = { by: 'column', column: 'cut' };
    draft.data.scaling = { inputs: 'min-max', targets: 'none' };
    draft.data.dialect = { delimiter: '#', encoding: 'latin-1' };
  });
  await golden('data-other', panel, false);
});

test('the form of the network', async () => {
  await golden('network', await form('network', 'Network settings'));
});

test('the form of a network with one activation per layer', async () => {
  const panel = await form('network', 'Network settings', (draft) => {
    draft.network.activation = ['relu', 'tanh'];
  });
  await golden('network-mixed', panel);
});

describe.each(constraintMethods.map(({ id }) => id))('the form of the method %s', (id) => {
  test('contains its settings', async () => {
    const panel = await form('constraint', 'Constraint settings', (draft) => {
      draft.constraint.method = { id, settings: {} };
    });
    await golden(`constraint-${id}`, panel);
  });
});

describe.each(optimizerSchema.options.map((option) => option.shape.id.value))('the training form with %s', (id) => {
  test('contains the settings of the optimizer', async () => {
    const panel = await form('train', 'Training settings', (draft) => {
      draft.training.optimizer = optimizerSchema.parse({ id }) satisfies OptimizerSettings;
    });
    await golden(`train-${id}`, panel, id === 'adam');
  });
});

describe.each(scheduleSchema.options.map((option) => option.shape.id.value))('the training form with %s', (id) => {
  test('contains the settings of the schedule', async () => {
    const panel = await form('train', 'Training settings', (draft) => {
      draft.training.schedule = scheduleSchema.parse({ id }) satisfies ScheduleSettings;
    });
    await golden(`train-${id}`, panel);
  });
});

test('the training form with a loss that has a setting', async () => {
  const panel = await form('train', 'Training settings', (draft) => {
    draft.training.loss = 'tweedie';
  });
  await golden('train-tweedie', panel);
});

test.each(['paused', 'training'] as const)('the training form of a run that is %s', async (state) => {
  const panel = await form('train', 'Training settings', () => undefined, state);
  await golden(`train-while-${state}`, panel, state === 'paused');
});

test('every setting and everything that can be chosen appears in a form of the window', () => {
  const written = Object.values(
    import.meta.glob<string>('./golden/*.txt', { query: '?raw', import: 'default', eager: true }),
  ).join('\n');
  // Set by a button below the list of bad rows, by the cards of the methods, and in the list of runs.
  const elsewhere = ['data.skipBadRows', 'constraint.method.id', 'name'];
  for (const setting of describeConfiguration()) {
    if (setting.kind === 'custom' || elsewhere.includes(setting.path)) continue;
    expect(written).toContain(setting.title);
    for (const { title } of 'options' in setting ? setting.options : []) expect(written).toContain(title);
  }
  for (const { title } of Object.values(activations)) expect(written).toContain(`${title} <`);
});
