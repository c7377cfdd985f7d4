import { expect, test } from '../fixtures.ts';
import { inkInputs, lowestOutputs } from '../onnxModel.ts';

/** Each of the four answers to the forum's question, from the start screen to a model in another program. */

const answers = [
  { title: 'Penalty', method: /penalty/i, certain: false },
  { title: 'Slack and multipliers', method: /slack/i, certain: false },
  { title: 'exp on the output', method: /transform/i, certain: true },
  { title: 'Positive parameters', method: /parameters/i, certain: true },
];

for (const [index, { title, method, certain }] of answers.entries()) {
  test(`answer ${index + 1}, ${title}: trained on ink, exported, run in ONNX Runtime`, async ({ orthant, folder }) => {
    await expect(orthant.answer(index + 1)).toContainText(title);
    await orthant.answer(index + 1).click();
    await orthant.setLayers('16');
    await orthant.setEpochs(2);
    await orthant.training.start();
    await orthant.training.toEnd();

    await orthant.result.open();
    await expect(orthant.page.locator('.page-head')).toContainText(method);
    await expect(orthant.page.locator('.page-head')).toContainText(/2 epochs in .*, best at epoch [12]/);
    const inTable = await orthant.result.lowest();
    expect(inTable).toHaveLength(2);

    const model = await orthant.result.exportOnnx(folder);
    await expect(orthant.result.export).toContainText('Verified');
    const outputs = await lowestOutputs(model, await inkInputs());
    expect(outputs.map(({ name }) => name)).toEqual(['top_left', 'bottom_right']);
    for (const [target, { lowest }] of outputs.entries()) {
      // The table prints four digits.
      const shown = inTable[target] ?? NaN;
      expect(Math.abs(lowest - shown)).toBeLessThanOrEqual(Math.max(2e-3 * Math.abs(shown), 1e-6));
      if (certain) expect(lowest).toBeGreaterThanOrEqual(0);
    }
  });
}
