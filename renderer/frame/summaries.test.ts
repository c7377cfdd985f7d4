import { describe, expect, it } from 'vitest';
import { RunTrace } from '../state/trace.svelte.ts';
import { fakeConfiguration } from '../testing/fakeData.ts';
import { testedApp } from '../testing/testedApp.ts';
import { stepSummaries } from './summaries.ts';

describe('the steps beside a run', () => {
  const finished = (): RunTrace =>
    Object.assign(new RunTrace('/runs/1'), {
      state: 'finished' as const,
      configuration: fakeConfiguration('diamonds'),
    });

  it('are done by a run on the current data', async () => {
    const { app } = await testedApp();
    app.document.replace('take a sample', fakeConfiguration('diamonds'));
    app.training.current = finished();
    expect(stepSummaries(app).train).toEqual({ status: 'ok', text: 'finished, epoch 0/40' });
    expect(app.usesOtherData(app.training.current)).toBe(false);
  });

  it('are not done by a run on other data, and show its name', async () => {
    const { app } = await testedApp();
    app.document.replace('take a sample', fakeConfiguration('ink'));
    app.training.current = finished();
    expect(stepSummaries(app).train).toEqual({ status: 'open', text: 'diamonds: finished, epoch 0/40' });
    expect(app.usesOtherData(app.training.current)).toBe(true);
    app.document.replace('start anew', null);
    expect(app.usesOtherData(app.training.current), 'no configuration is open').toBe(false);
  });
});
