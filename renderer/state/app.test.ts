import { describe, expect, it, vi } from 'vitest';
import { OrthantError } from '../../native/contract/errors.ts';
import type { WindowBridge, WindowEvent } from '../../native/contract/window.ts';
import { fakeConfiguration, fakeInspection } from '../testing/fakeData.ts';
import { documentOf, recordOf, summaryOf, testedApp } from '../testing/testedApp.ts';
import { ConfigurationDocument } from './configuration.svelte.ts';

const run = '/runs/1';
const engine = (role: 'data' | 'train', state: 'starting' | 'running' | 'crashed'): WindowEvent => ({
  event: 'engine',
  role,
  state,
  ...(state === 'crashed' ? { message: `The ${role} process ended.` } : {}),
});
const greeting = [engine('data', 'starting'), engine('train', 'starting')];
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30));
const phase = (of: string, state: 'queued' | 'preparing' | 'training' | 'paused'): WindowEvent => ({
  event: 'phase',
  run: of,
  state,
  message: state,
});

/** The saved draft of a window with the diamonds. */
function draft(page = 'network') {
  const document = new ConfigurationDocument();
  document.replace('take a sample', fakeConfiguration('diamonds'));
  document.change('epochs', (configuration) => (configuration.training.epochs = 77));
  return { draft: { document: document.draft(), page } };
}

describe('data that is opened', () => {
  it('preloads the library; a failure is left to the run to report', async () => {
    const { app, asked } = await testedApp({
      load: () => {
        throw new OrthantError('engine', 'TensorFlow cannot be loaded.');
      },
    });
    await app.opening.openPath('/data/mine.csv', 'data');
    await settled();
    expect(asked('load')).toEqual([expect.objectContaining({ engine: 'auto', device: 'auto' })]);
    expect(app.messages.problem).toBeUndefined();
  });
});

describe('data that is opened again', () => {
  it('is read again: the file may have been fixed, or refused before', async () => {
    let refused = true;
    const { app, asked } = await testedApp({
      inspect: () => {
        if (refused) throw new OrthantError('file', 'It was not opened by you.');
        return fakeInspection('ink');
      },
    });
    await app.opening.openPath('/data/mine.csv', 'data');
    await settled();
    expect(app.data.error?.message).toBe('It was not opened by you.');
    refused = false;
    await app.opening.openPath('/data/mine.csv', 'data');
    await settled();
    expect(app.data.error).toBeUndefined();
    expect(asked('inspect')).toHaveLength(2);
    // Another file is read once.
    await app.opening.openPath('/data/other.csv', 'data');
    await settled();
    expect(asked('inspect')).toHaveLength(3);
  });
});

describe('a configuration whose file is missing at its path', () => {
  const pasted = () => {
    const configuration = fakeConfiguration('ink');
    configuration.data.source = { kind: 'file', path: '/elsewhere/prices.csv' };
    return configuration;
  };
  const answers = {
    inspect: ({ source }: { source: { kind: string; path?: string } }) => {
      if (source.path === '/elsewhere/prices.csv') throw new OrthantError('file', 'It was not opened by you.');
      return fakeInspection('ink');
    },
    chooseFile: () => ({ path: '/here/mine.csv' }),
  };
  const waiting = async () => {
    const tested = await testedApp(answers, { pathOfFile: vi.fn() } as unknown as WindowBridge);
    await settled();
    tested.app.document.read(documentOf(pasted()), 'paste a document');
    await settled();
    expect(tested.app.data.isAbsent).toBe(true);
    return tested;
  };

  it('uses an opened file of that name, and stays the same otherwise', async () => {
    const { app } = await waiting();
    await app.opening.openPath('/uploads/1/prices.csv', 'data');
    await settled();
    const expected = pasted();
    expected.data.source = { kind: 'file', path: '/uploads/1/prices.csv' };
    expect(app.document.current).toEqual(expected);
    expect(app.data.error).toBeUndefined();
    app.document.undo();
    expect(app.document.current).toEqual(pasted());
  });

  it('uses a file of another name that the user locates', async () => {
    const { app } = await waiting();
    await app.opening.locate();
    await settled();
    expect(app.document.current?.network.hidden).toEqual(pasted().network.hidden);
    expect(app.document.current?.data.source).toEqual({ kind: 'file', path: '/here/mine.csv' });
  });

  it('is replaced by another opened file, also by one of its name once its own can be read', async () => {
    const { app } = await waiting();
    await app.opening.openPath('/data/other.csv', 'data');
    expect(app.document.current?.network.hidden).not.toEqual(pasted().network.hidden);
    await settled();
    app.document.change('epochs', ({ training }) => (training.epochs = 77));
    await app.opening.openPath('/data/other.csv', 'data');
    expect(app.document.current?.training.epochs).not.toBe(77);
  });
});

describe('the start of the window', () => {
  it('restores the draft if nothing was opened', async () => {
    const { app } = await testedApp({ loadDraft: () => draft() });
    await settled();
    expect(app.document.current?.training.epochs).toBe(77);
    expect(app.view.page).toBe('network');
    expect(app.document.undoLabel).toBe('epochs');
  });

  it('opens the start file instead of the draft, however late that arrives, and keeps the draft for undo', async () => {
    let give: (value: ReturnType<typeof draft>) => void = () => undefined;
    const { app, emit } = await testedApp({ loadDraft: () => new Promise((resolve) => (give = resolve)) });
    await settled();
    emit(...greeting, { event: 'open-file', path: '/data/mine.csv', kind: 'data' });
    await settled();
    give(draft());
    await settled();
    expect(app.document.current?.data.source).toEqual({ kind: 'file', path: '/data/mine.csv' });
    expect(app.view.page).toBe('data');
    app.document.undo();
    expect(app.document.current?.training.epochs).toBe(77);
  });

  it('opens a document it was started with, and reports why it cannot be read', async () => {
    const configuration = fakeConfiguration('ink');
    const { app, emit } = await testedApp({
      loadDraft: () => draft(),
      readDocument: ({ path }) => {
        if (path === '/bad.orthant') throw new OrthantError('file', 'It cannot be read.');
        return { text: documentOf(configuration) };
      },
    });
    emit({ event: 'open-file', path: '/good.orthant', kind: 'configuration' });
    await settled();
    expect(app.document.current).toEqual(configuration);
    expect(app.document.path).toBe('/good.orthant');
    emit({ event: 'open-file', path: '/bad.orthant', kind: 'configuration' });
    await settled();
    expect(app.messages.problem?.message).toBe('It cannot be read.');
    expect(app.document.current).toEqual(configuration);
    // Opening one file does not remove the error of the other.
    emit(
      { event: 'open-file', path: '/good.orthant', kind: 'configuration' },
      { event: 'refused', error: { code: 'file', message: 'There is no such file.' } },
    );
    await settled();
    expect(app.messages.problem?.message).toBe('There is no such file.');
  });

  it('makes each request once, also if the engine reports later that it runs', async () => {
    const { app, emit, asked } = await testedApp({
      loadDraft: () => draft(),
      doctor: () => {
        throw new OrthantError('engine', 'There is none.');
      },
    });
    emit(...greeting);
    await settled();
    app.messages.problem = { code: 'file', message: 'Something else.' };
    emit(engine('data', 'running'), engine('train', 'running'));
    await settled();
    for (const name of ['inspect', 'methods', 'runs', 'doctor', 'status', 'loadDraft'] as const)
      expect(asked(name), name).toHaveLength(1);
    expect(app.messages.problem.message).toBe('Something else.');
  });

  it('refreshes the list if a run has ended since, like that of a crashed host', async () => {
    let lists = 0;
    const { app } = await testedApp({
      loadDraft: () => ({ draft: { ...draft().draft, shown: run } }),
      runs: () => [summaryOf(run, lists++ === 0 ? 'training' : 'interrupted')],
      runRecord: () => recordOf(fakeConfiguration('ink'), 'interrupted'),
    });
    await settled();
    expect(app.training.shown?.state).toBe('interrupted');
    expect(app.runs.of(run)?.state).toBe('interrupted');
    expect(lists).toBe(2);
  });

  it('repeats requests when an ended data process is back, and shows that it had ended', async () => {
    let broken = true;
    const { app, emit, asked } = await testedApp({
      loadDraft: () => draft(),
      inspect: () => {
        if (broken) throw new OrthantError('crashed', 'The data process ended.');
        return fakeInspection('diamonds');
      },
    });
    emit(...greeting);
    await settled();
    emit(engine('data', 'crashed'));
    await settled();
    expect(app.engines.ended).toMatchObject([{ role: 'data', crash: { message: 'The data process ended.' } }]);
    expect(app.data.error?.code).toBe('crashed');
    broken = false;
    emit(engine('data', 'starting'), engine('data', 'running'));
    await settled();
    expect(app.data.error).toBeUndefined();
    expect(app.data.inspection).toBeDefined();
    expect(asked('inspect')).toHaveLength(2);
    expect(app.document.current?.training.epochs).toBe(77);
  });
});

describe('an engine that does not start again by itself', () => {
  it('prevents training with a reason, and is restarted on request', async () => {
    const { app, emit, asked } = await testedApp({ loadDraft: () => draft() });
    await settled();
    emit(engine('train', 'crashed'));
    await settled();
    expect(app.engines.isDown('train')).toBe(true);
    expect(app.trainReason).toMatch(/start it again/);
    await app.engines.restart('train');
    expect(asked('restartEngine')).toEqual([{ role: 'train' }]);
    expect(app.engines.ended).toEqual([]);
    emit(engine('train', 'starting'), engine('train', 'running'));
    await settled();
    expect(app.trainReason ?? '').not.toMatch(/start it again/);
    expect(asked('status')).toHaveLength(2);
  });

  it('shows why it could not be started', async () => {
    const { app } = await testedApp({
      restartEngine: () => {
        throw new OrthantError('engine', 'No processes left.');
      },
    });
    await app.engines.restart('data');
    expect(app.engines.ended).toEqual([{ role: 'data', crash: { message: 'No processes left.', run: undefined } }]);
  });
});

describe('a window out of sight', () => {
  it('reports it again after reconnecting, and keeps the shown problem', async () => {
    const { app, asked, cut } = await testedApp();
    await settled();
    await app.visibilityChanged(false);
    expect(asked('setVisible')).toEqual([{ visible: false }]);
    cut();
    await vi.waitFor(() => {
      expect(asked('setVisible')).toEqual([{ visible: false }, { visible: false }]);
    });
    app.messages.problem = { code: 'file', message: 'Something else.' };
    await app.visibilityChanged(true);
    expect(app.messages.problem.message).toBe('Something else.');
  });
});

describe('a command', () => {
  it('that is unavailable shows the reason, and does not reach the engine', async () => {
    const { app, emit, calls } = await testedApp({ runRecord: () => recordOf(fakeConfiguration('ink'), 'stopped') });
    await settled();
    emit(phase(run, 'training'), { event: 'phase', run, state: 'stopped', message: '' });
    await settled();
    const before = calls.length;
    for (const [command, reason] of [
      ['pause', 'No run is training.'],
      ['one-epoch', 'No run is training.'],
      ['stop', 'No run is training.'],
      ['train', 'Choose data first.'],
      ['undo', 'Nothing to undo.'],
      ['save-configuration', 'Choose data first: there is nothing to save yet.'],
    ] as const) {
      await app.commands.run(command);
      expect(app.messages.toast?.text, command).toBe(reason);
    }
    expect(calls.length).toBe(before);
    expect(app.training.error).toBeUndefined();
  });

  it('shows the same text again each time, and only for a while', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const { app } = await testedApp();
      app.messages.show('Copied.');
      const first = app.messages.toast;
      vi.advanceTimersByTime(4000);
      app.messages.show('Copied.');
      expect(app.messages.toast).not.toBe(first);
      vi.advanceTimersByTime(4000);
      expect(app.messages.toast?.text).toBe('Copied.');
      vi.advanceTimersByTime(4000);
      expect(app.messages.toast).toBeUndefined();
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('saving', () => {
  const bridge = { send: vi.fn(), onMessage: vi.fn(), pathOfFile: vi.fn() } as unknown as WindowBridge;
  const answers = {
    readDocument: () => ({ text: documentOf(fakeConfiguration('ink')) }),
    chooseOutput: () => ({ path: '/new.orthant' }),
    writeDocument: () => ({}),
  };

  it('writes a document to its file, and asks for a file if it has none or should get another', async () => {
    const { app, asked } = await testedApp(answers, bridge);
    await settled();
    await app.opening.openPath('/mine.orthant', 'configuration');
    await app.commands.run('save-configuration');
    expect(asked('chooseOutput')).toEqual([]);
    expect(asked('writeDocument')).toMatchObject([{ path: '/mine.orthant' }]);
    expect(app.messages.toast?.text).toBe('The configuration was saved: /mine.orthant.');
    await app.commands.run('save-configuration-as');
    expect(asked('chooseOutput')).toEqual([{ suggestedName: 'ink.orthant' }]);
    expect(app.document.path).toBe('/new.orthant');
    // Undo restored another document, so the opened file must not be overwritten.
    app.document.undo();
    expect(app.document.path).toBeUndefined();
    app.document.redo();
    expect(app.document.path).toBe('/new.orthant');
  });

  it('downloads in the browser host, where the path means nothing to the user', async () => {
    const { app, asked } = await testedApp(answers);
    await settled();
    await app.opening.openPath('/uploads/mine.orthant', 'configuration');
    await app.commands.run('save-configuration');
    expect(asked('chooseOutput')).toHaveLength(1);
  });
});

describe('a run of the list', () => {
  it('that is deleted is no longer shown', async () => {
    const { app, configuration } = await testedApp({
      runs: () => [summaryOf(run, 'stopped')],
      runRecord: () => recordOf(fakeConfiguration('ink'), 'stopped'),
      deleteRun: () => ({ binned: '/bin/1' }),
    });
    await settled();
    await app.openRun(run);
    expect(app.training.shown?.configuration).toEqual(configuration);
    await app.runs.delete(summaryOf(run, 'stopped'));
    expect(app.training.shown).toBeUndefined();
    expect(app.runs.all).toEqual([]);
  });

  it('that is resumed behind a paused one waits, and shows for what', async () => {
    const { app, emit } = await testedApp({
      runs: () => [summaryOf('/runs/2', 'interrupted', 4)],
      runRecord: ({ run: of }) => recordOf(fakeConfiguration('ink'), of === run ? 'paused' : 'interrupted'),
      resumeRun: () => ({ run: '/runs/2' }),
    });
    await settled();
    emit(phase(run, 'training'), phase(run, 'paused'));
    await settled();
    await app.resumeRun('/runs/2');
    expect(app.training.current?.run).toBe(run);
    expect(app.training.queued).toEqual(['/runs/2']);
    expect(app.training.shown?.run).toBe('/runs/2');
    expect(app.training.shown?.state).toBe('queued');
    expect(app.messages.toast?.text).toMatch(/waits for the paused run/);
  });
});
