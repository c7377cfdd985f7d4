import { describe, expect, it, test } from 'vitest';
import {
  optimizerSchema,
  runConfigurationSchema,
  scheduleSchema,
  splitSchema,
} from '../../native/contract/configuration.ts';
import { describeConfiguration } from '../../native/contract/describeSettings.ts';
import { valueAt } from '../../native/contract/describedSetting.ts';
import { changeSetting, settingsIn } from './settingPaths.ts';
import { trainingGroups } from './trainingForm.ts';

const settings = describeConfiguration();
const start = () => runConfigurationSchema.parse({ data: { source: { kind: 'sample', id: 'ink' } } });

describe('changeSetting', () => {
  it('changes one setting and leaves the rest', () => {
    const draft = start();
    changeSetting(settings, draft, 'training.schedule.warmUpSteps', 7);
    changeSetting(settings, draft, 'data.scaling.inputs', 'min-max');
    const expected = start();
    expected.training.schedule.warmUpSteps = 7;
    expected.data.scaling.inputs = 'min-max';
    // Another setting depends on it, but it has no variants.
    changeSetting(settings, draft, 'training.loss', 'tweedie');
    expected.training.loss = 'tweedie';
    expect(draft).toEqual(expected);
  });

  it.each([
    [
      'training.optimizer.id',
      optimizerSchema.options.map((option) => optimizerSchema.parse({ id: option.shape.id.value })),
    ],
    [
      'training.schedule.id',
      scheduleSchema.options.map((option) => scheduleSchema.parse({ id: option.shape.id.value })),
    ],
    ['data.split.by', [splitSchema.parse({ by: 'seed' })]],
  ] as const)('gives the variant chosen by %s the defaults of its schema', (path, variants) => {
    for (const variant of variants) {
      const draft = start();
      const id = 'id' in variant ? variant.id : variant.by;
      changeSetting(settings, draft, path, id);
      expect(valueAt(draft, path.slice(0, path.lastIndexOf('.'))), id).toEqual(variant);
    }
  });
});

test('a configuration has the settings of the variants it has chosen, each once, and no others', () => {
  for (const id of optimizerSchema.options.map((option) => option.shape.id.value)) {
    const configuration = start();
    configuration.training.optimizer = optimizerSchema.parse({ id });
    const shown = settingsIn(settings, configuration).filter(({ path }) => path.startsWith('training.optimizer.'));
    expect(shown.map(({ name }) => name).sort(), id).toEqual(Object.keys(configuration.training.optimizer).sort());
  }
});

test('every setting of training and engine has its place in the form', () => {
  const { main, more } = trainingGroups(settings);
  const wanted = settings.filter(({ path }) => /^(training|runtime)\./.test(path));
  expect([...main, ...more].map(({ path }) => path).sort()).toEqual(
    expect.arrayContaining(wanted.filter(({ kind }) => kind !== 'custom').map(({ path }) => path)),
  );
});
