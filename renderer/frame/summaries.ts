import { endedEarly } from '../../native/contract/runRecord.ts';
import type { App } from '../state/app.svelte.ts';
import { sourceName } from '../logic/fileName.ts';
import { formatCount, formatShare } from '../logic/format.ts';
import { boundText, epochOfAll, positiveText, stateLabels } from '../logic/labels.ts';
import { sizesText } from '../logic/layerText.ts';
import { shortcomingOf } from '../logic/evidenceText.ts';
import type { RunTrace } from '../state/trace.svelte.ts';
import type { Step } from '../logic/steps.ts';

export interface StepSummary {
  readonly status: 'open' | 'ok' | 'attention';
  readonly text: string;
}

/** One line per step, and whether the step is done. */
export function stepSummaries(app: App): Record<Step, StepSummary> {
  const { data, catalogue } = app;
  const configuration = app.document.current;
  const problem = catalogue.problemStep;
  if (configuration === null) {
    const open: StepSummary = { status: 'open', text: '' };
    return {
      data: { status: 'open', text: 'choose a file' },
      network: open,
      constraint: open,
      train: trainSummary(app),
      result: resultSummary(app),
    };
  }
  const { inspection } = data;
  const dataProblem = data.error ?? data.preparationError;
  const outputs = data.targets.length;
  const inputs = data.preparation?.features.length ?? data.inputs.length;
  return {
    data: {
      status:
        dataProblem !== undefined || problem === 'data' || (inspection !== undefined && outputs === 0)
          ? 'attention'
          : data.preparation === undefined
            ? 'open'
            : 'ok',
      text: data.opening
        ? 'reading …'
        : inspection === undefined
          ? data.error === undefined
            ? ''
            : 'cannot be read'
          : `${formatCount(inspection.rows)} × ${formatCount(inspection.columns.length)}`,
    },
    network: {
      status: problem === 'network' ? 'attention' : 'ok',
      text: sizesText(inputs, configuration.network.hidden, outputs),
    },
    constraint: {
      status:
        problem === 'constraint' || app.brokenBound !== undefined || catalogue.warnings.length > 0 ? 'attention' : 'ok',
      text: `${boundText(configuration)}, ${catalogue.methodTitle(configuration.constraint.method.id)}`,
    },
    train: problem === 'train' ? { status: 'attention', text: 'a setting does not fit' } : trainSummary(app),
    result: resultSummary(app),
  };
}

/** A run on other data does not complete a step; its summary names its data. */
function ofRun(app: App, trace: RunTrace, summary: StepSummary): StepSummary {
  return trace.configuration !== undefined && app.usesOtherData(trace)
    ? { status: 'open', text: `${sourceName(trace.configuration)}: ${summary.text}` }
    : summary;
}

function trainSummary(app: App): StepSummary {
  const trace = app.training.current;
  if (trace === undefined) return { status: 'open', text: '' };
  return ofRun(app, trace, {
    status: endedEarly(trace.state) ? 'attention' : trace.active ? 'open' : 'ok',
    text: `${stateLabels[trace.state]}, ${epochOfAll(trace.latest?.epoch ?? 0, trace.epochs)}`,
  });
}

function resultSummary(app: App): StepSummary {
  const trace = app.training.shown;
  const shortcoming = trace?.result === undefined ? undefined : shortcomingOf(trace);
  if (trace?.result === undefined || shortcoming === undefined) return { status: 'open', text: '' };
  const { what, share } = shortcoming;
  const { evidence } = trace.result;
  return ofRun(
    app,
    trace,
    share > 0
      ? { status: 'attention', text: `${what} ${formatShare(share)}` }
      : { status: evidence.level === 'none' ? 'attention' : 'ok', text: positiveText(evidence) },
  );
}
