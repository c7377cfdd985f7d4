import { serve, type Handlers, type MessagePortLike } from '../../native/contract/channel.ts';
import type { RunConfiguration } from '../../native/contract/configuration.ts';
import { OrthantError } from '../../native/contract/errors.ts';
import type { EpochMetrics } from '../../native/contract/results.ts';
import type { RunRecord } from '../../native/contract/runs.ts';
import { windowCalls, type WindowEvent } from '../../native/contract/window.ts';
import { fakeCell, fakeConfiguration, fakeInspection, fakeSamples, noise } from './fakeData.ts';
import { fakeMethods } from './fakeMethods.ts';
import { fakeMetrics, fakeResult } from './fakeTraining.ts';

/** A host without an engine: answers every call with made-up data, and trains by formula. Speed by `?epoch=200` (ms). */

interface FakeRun {
  record: RunRecord;
  metrics: EpochMetrics[];
  paused: boolean;
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
const epochTime = Number(new URLSearchParams(window.location.search).get('epoch') ?? 900);

export function fakeHost(port: MessagePortLike): void {
  const runs = new Map<string, FakeRun>();
  const bin = new Map<string, FakeRun>();
  let current: FakeRun | undefined;
  let draft: Record<string, unknown> | undefined;
  let counter = 0;

  const idOf = (source: RunConfiguration['data']['source']): string =>
    source.kind === 'sample' ? source.id : 'diamonds';
  const targetsOf = (id: string): string[] => fakeSamples.find((sample) => sample.id === id)?.targets ?? ['price'];
  const found = (run: string): FakeRun => {
    const known = runs.get(run);
    if (known === undefined) throw new OrthantError('run', `There is no run at ${run}. It may have been deleted.`);
    return known;
  };
  const create = (configuration: RunConfiguration, minutesAgo: number): FakeRun => {
    counter += 1;
    const created = new Date(Date.now() - minutesAgo * 60_000).toISOString();
    const run = `/home/me/Orthant/runs/${counter}`;
    const record: RunRecord = {
      format: 1,
      id: String(counter),
      name: configuration.name ?? `${idOf(configuration.data.source)} ${configuration.constraint.method.id}`,
      created,
      updated: created,
      state: 'queued',
      configuration,
      changes: [],
      versions: { orthant: '0.1.0', node: '22.0.0', platform: 'linux' },
    };
    const made: FakeRun = { record, metrics: [], paused: false };
    runs.set(run, made);
    return made;
  };
  const pathOf = (run: FakeRun): string => `/home/me/Orthant/runs/${run.record.id}`;
  const finish = (run: FakeRun): void => {
    const last = run.metrics.at(-1);
    if (last === undefined) return;
    run.record = { ...run.record, state: 'finished', result: fakeResult(run.record.configuration, last, pathOf(run)) };
  };
  for (const [index, id] of ['none', 'penalty', 'augmented-lagrangian', 'non-negative-last-layer'].entries()) {
    const configuration = structuredClone(fakeConfiguration('ink'));
    configuration.constraint.method.id = id;
    const run = create(configuration, 400 - index * 90);
    for (let epoch = 1; epoch <= configuration.training.epochs; epoch += 1)
      run.metrics.push(fakeMetrics(configuration, targetsOf('ink'), epoch));
    finish(run);
  }

  const emit = (event: WindowEvent): void => {
    served.emit([event]);
  };
  const train = async (run: FakeRun): Promise<void> => {
    const path = pathOf(run);
    const { configuration } = run.record;
    const targets = targetsOf(idOf(configuration.data.source));
    const phase = (state: RunRecord['state'], message: string): void => {
      run.record = { ...run.record, state };
      emit({ event: 'phase', run: path, state, message });
    };
    current = run;
    phase('preparing', 'reading the data');
    await pause(400);
    phase('training', 'training');
    const { epochs } = configuration.training;
    const steps = 20;
    for (let epoch = 0; epoch < epochs; epoch += 1) {
      for (let step = 0; step < steps; step += 1) {
        await pause(epochTime / steps);
        emit({
          event: 'progress',
          run: path,
          epoch: epoch + 1,
          epochs,
          step: epoch * steps + step,
          steps: epochs * steps,
          objective: 1.2 * Math.exp(-(epoch + step / steps) / 3) + 0.04 + 0.03 * noise(epoch, step),
          secondsLeft: ((epochs - epoch - step / steps) * epochTime) / 1000,
        });
      }
      const metrics = fakeMetrics(configuration, targets, epoch + 1);
      run.metrics.push(metrics);
      emit({ event: 'metrics', run: path, metrics });
      emit({ event: 'checkpoint', run: path, epoch: epoch + 1, step: metrics.step });
      if (run.paused) phase('paused', 'paused');
      while (run.paused) await pause(50);
      if (run.record.state === 'paused') phase('training', 'training');
    }
    finish(run);
    current = undefined;
    const { result } = run.record;
    if (result !== undefined) emit({ event: 'finished', run: path, result });
  };

  const handlers: Partial<Handlers<typeof windowCalls>> = {
    host: () => ({
      kind: 'electron',
      platform: 'linux',
      version: '0.1.0',
      runsFolder: '/home/me/Orthant/runs',
      dialogs: true,
    }),
    samples: () => fakeSamples,
    sampleConfiguration: ({ id }) => fakeConfiguration(id),
    methods: () => fakeMethods,
    recentFiles: () => [
      { path: '/home/me/energy.csv', name: 'energy.csv', kind: 'data', opened: new Date().toISOString(), exists: true },
    ],
    rememberFile: () => ({}),
    forgetFile: () => ({}),
    chooseFile: ({ kind }) => (kind === 'data' ? { path: '/home/me/diamonds.csv' } : {}),
    chooseOutput: ({ suggestedName }) => ({ path: `/home/me/${suggestedName}` }),
    writeDocument: () => ({}),
    saveDraft: (request) => {
      ({ draft } = request);
      sessionStorage.setItem('draft', JSON.stringify(draft));
      return {};
    },
    loadDraft: () => {
      const kept = sessionStorage.getItem('draft');
      return kept === null ? {} : { draft: JSON.parse(kept) as Record<string, unknown> };
    },
    setVisible: () => ({ missed: false }),
    openExternal: () => ({}),
    showInFolder: () => ({}),
    restartEngine: () => ({}),
    inspect: async ({ source }) => {
      await pause(150);
      if (source.kind === 'file' && source.path.endsWith('.png'))
        throw new OrthantError(
          'data',
          'picture.png is not a table: it begins like a PNG picture. Choose a CSV, Parquet, JSON, NPY or IDX file.',
        );
      return fakeInspection(idOf(source), source.kind === 'file' ? source.path : undefined);
    },
    rows: async ({ source, offset, limit }) => {
      await pause(30);
      const id = idOf(source);
      const { columns, rows: total } = fakeInspection(id);
      const count = Math.max(0, Math.min(limit, total - offset));
      return {
        columns: columns.map((column) => column.name),
        offset,
        total,
        rows: Array.from({ length: count }, (_, row) =>
          columns.map((__, column) => fakeCell(id, offset + row, column)),
        ),
      };
    },
    histogram: ({ source, column }) => {
      const { columns } = fakeInspection(idOf(source));
      const index = columns.findIndex((known) => known.name === column);
      const summary = columns[index];
      if (summary?.categories !== undefined)
        return {
          column,
          edges: [],
          counts: summary.categories.map(({ count }) => count),
          labels: summary.categories.map(({ value }) => value),
          missing: summary.missing,
        };
      const low = summary?.minimum ?? 0;
      const high = summary?.maximum ?? 1;
      return {
        column,
        edges: Array.from({ length: 25 }, (_, bin) => low + ((high - low) * bin) / 24),
        counts: Array.from({ length: 24 }, (_, bin) =>
          Math.round(1000 * Math.exp(-(((bin - 6 - 6 * noise(index)) / 5) ** 2)) + 30 * noise(index, bin)),
        ),
        missing: summary?.missing ?? 0,
      };
    },
    prepare: async ({ data }) => {
      await pause(100);
      const id = idOf(data.source);
      const { rows, columns } = fakeInspection(id);
      const dropped = id === 'ink' || data.missing === 'median' ? [] : [{ reason: 'depth is missing', rows: 20_113 }];
      const used = rows - dropped.reduce((sum, { rows: count }) => sum + count, 0);
      const share = data.split.by === 'seed' ? data.split : { validation: 0.1, test: 0.1 };
      const validation = Math.round(used * share.validation);
      const test = Math.round(used * share.test);
      const targets = columns.filter(
        (column) => (data.columns[column.name]?.role ?? column.suggestedRole) === 'target',
      );
      if (targets.some((target) => (target.negativeShare ?? 0) > 0))
        throw new OrthantError(
          'data',
          'The target x has 310,000 values below 0, the first in rows 2, 5 and 9. Choose another target, or set its bound below its smallest value.',
          { field: 'data.columns.x.role' },
        );
      return {
        rowsInFile: rows,
        rowsUsed: used,
        dropped,
        split: { train: used - validation - test, validation, test },
        features: columns
          .filter((column) => (data.columns[column.name]?.role ?? column.suggestedRole) === 'input')
          .map((column) => ({
            name: column.name,
            column: column.name,
            shift: data.scaling.inputs === 'none' ? 0 : 3.9,
            scale: data.scaling.inputs === 'none' ? 1 : 1.2,
          })),
        targets: targets.map((column) => ({
          name: column.name,
          scale: 1.03,
          minimum: column.minimum ?? 0,
          maximum: column.maximum ?? 1,
        })),
        warnings: [],
      };
    },
    check: ({ configuration }) => {
      const { constraint, network } = configuration;
      if (constraint.method.id === 'non-negative-last-layer' && network.activation === 'tanh')
        throw new OrthantError(
          'configuration',
          'The non-negative last layer needs hidden activations that are never negative; tanh goes down to -1. Choose relu, sigmoid or softplus.',
          { field: 'network.activation' },
        );
      return constraint.method.id === 'non-negative-last-layer' && network.hidden.length < 2
        ? [{ message: 'With fewer than two hidden layers the outputs are convex functions of the inputs.' }]
        : [];
    },
    runs: () =>
      [...runs.values()].map((run) => ({
        run: pathOf(run),
        id: run.record.id,
        name: run.record.name,
        created: run.record.created,
        state: run.record.state,
        method: run.record.configuration.constraint.method.id,
        source: idOf(run.record.configuration.data.source),
        epochs: run.metrics.length,
        ...(run.record.result === undefined
          ? {}
          : { evidence: run.record.result.evidence, splits: run.record.result.splits }),
      })),
    runRecord: ({ run }) => found(run).record,
    runMetrics: ({ run }) => found(run).metrics,
    renameRun: ({ run, name }) => (found(run).record = { ...found(run).record, name }),
    deleteRun: ({ run }) => {
      bin.set(run, found(run));
      runs.delete(run);
      return { binned: run };
    },
    restoreRun: ({ binned }) => {
      const run = bin.get(binned);
      if (run !== undefined) runs.set(binned, run);
      return { run: binned };
    },
    start: ({ configuration }) => {
      const run = create(configuration, 0);
      void train(run);
      return { run: pathOf(run) };
    },
    resumeRun: ({ run }) => ({ run }),
    pause: ({ run }) => {
      found(run).paused = true;
      return {};
    },
    resume: ({ run, change }) => {
      const resumed = found(run);
      resumed.paused = false;
      if (change !== undefined)
        resumed.record = {
          ...resumed.record,
          changes: [...resumed.record.changes, { step: resumed.metrics.at(-1)?.step ?? 0, ...change }],
        };
      return {};
    },
    oneEpoch: async ({ run }) => {
      found(run).paused = false;
      await pause(60);
      found(run).paused = true;
      return {};
    },
    stop: ({ run }) => {
      found(run).paused = false;
      return {};
    },
    status: () =>
      current === undefined ? { queued: [] } : { current: pathOf(current), state: current.record.state, queued: [] },
    doctor: () => ({
      orthant: '0.1.0',
      node: '22.0.0',
      platform: 'linux',
      engine: 'tensorflow',
      version: '2.21.0',
      device: 'cpu',
      deviceName: 'CPU',
      reason: 'TensorFlow is installed; there is no NVIDIA card.',
      cores: 2,
      memory: { totalBytes: 16e9, freeBytes: 9e9 },
      cuda: { note: 'no card' },
      cache: { folder: '/home/me/.cache/orthant', bytes: 1e9 },
      missing: [],
      warnings: [],
    }),
    predictions: ({ run }) => {
      const targets = targetsOf(idOf(found(run).record.configuration.data.source));
      return {
        targets,
        rows: Array.from({ length: 600 }, (_, row) => {
          const target = targets.map((__, index) => 2.4 * noise(row, index) ** 3);
          return {
            row: row * 16,
            target,
            prediction: target.map((value, index) => value + 0.35 * (noise(row, index, 9) - 0.5)),
          };
        }),
      };
    },
    worstRows: ({ run, limit }) => {
      const targets = targetsOf(idOf(found(run).record.configuration.data.source));
      return {
        targets,
        rows: Array.from({ length: limit }, (_, row) => ({
          row: Math.floor(noise(row, 5) * 10_000),
          split: row % 3 === 0 ? ('test' as const) : ('train' as const),
          target: targets.map((__, index) => 0.1 * noise(row, index)),
          prediction: targets.map((__, index) => -0.2 + 0.02 * row + 0.4 * index),
        })),
      };
    },
    export: ({ out }) => ({
      file: out,
      report: { verifiedBy: 'onnx-runtime', maxRelativeDifference: 3.1e-7, smallestOutput: 0.0123, rows: 1000 },
    }),
    predict: ({ limit }) => ({
      targets: ['top_left', 'bottom_right'],
      rows: 500,
      skipped: [{ reason: 'depth is missing', rows: 3 }],
      negative: [2, 0],
      minimum: [-0.034, 0.01],
      unseen: { cut: ['Superb'] },
      predictions: Array.from({ length: Math.min(limit, 500) }, (_, row) => ({
        row,
        prediction: [noise(row, 3) - 0.05, noise(row, 4)],
      })),
    }),
    predictRow: () => ({ targets: ['top_left', 'bottom_right'], prediction: [0.123, 1.2], unseen: [] }),
  };
  const served = serve(port, windowCalls, handlers);
}
