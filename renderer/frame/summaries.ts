import { endedEarly } from '../../native/contract/runs.ts';
import type { App } from '../state/app.svelte.ts';
import { formatCount, formatShare } from '../logic/format.ts';
import { boundText, positiveText, stateLabels } from '../logic/labels.ts';
import { worstNegativeShare } from '../logic/evidence.ts';
import type { Step } from '../logic/steps.ts';

export interface StepSummary {
  readonly status: 'open' | 'ok' | 'attention';
  readonly text: string;
}

/** Each step in a line, and whether it is done. */
export function stepSummaries(app: App): Record<Step, StepSummary> {
  const { data, catalogue, training } = app;
  const configuration = app.document.current;
  const problem = catalogue.problemStep;
  if (configuration === null) {
    const open: StepSummary = { status: 'open', text: '' };
    return {
      data: { status: 'open', text: 'choose a file' },
      network: open,
      constraint: open,
      train: trainSummary(training.current),
      result: resultSummary(training.shown),
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
      text: [inputs === 0 ? '?' : inputs, ...configuration.network.hidden, outputs === 0 ? '?' : outputs].join('-'),
    },
    constraint: {
      status:
        problem === 'constraint' || app.brokenBound !== undefined || catalogue.warnings.length > 0 ? 'attention' : 'ok',
      text: `${boundText(configuration)}, ${catalogue.methodTitle(configuration.constraint.method.id)}`,
    },
    train:
      problem === 'train' ? { status: 'attention', text: 'a setting does not fit' } : trainSummary(training.current),
    result: resultSummary(training.shown),
  };
}

function trainSummary(trace: App['training']['current']): StepSummary {
  if (trace === undefined) return { status: 'open', text: '' };
  const text = `${stateLabels[trace.state]}, epoch ${formatCount(trace.latest?.epoch ?? 0)}/${formatCount(trace.epochs)}`;
  return {
    status: endedEarly(trace.state) ? 'attention' : trace.active ? 'open' : 'ok',
    text,
  };
}

function resultSummary(trace: App['training']['shown']): StepSummary {
  if (trace?.result === undefined) return { status: 'open', text: '' };
  const share = worstNegativeShare(trace.result.splits);
  const { evidence } = trace.result;
  return share > 0
    ? { status: 'attention', text: `negatives ${formatShare(share)}` }
    : { status: evidence.level === 'none' ? 'attention' : 'ok', text: positiveText(evidence) };
}
