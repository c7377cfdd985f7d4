import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { EngineEvent } from '../../native/contract/engine.ts';
import type { WindowEvent } from '../../native/contract/window.ts';
import type { Host } from '../services/host.ts';
import { RunWatch } from '../services/runWatch.ts';
import * as stub from '../testing/electronStub.ts';
import type { MainWindow } from './mainWindow.ts';

vi.mock('electron', () => import('../testing/electronStub.ts'));
const { setupAttention } = await import('./attention.ts');

await stub.app.boot(() => Promise.resolve());

let window: stub.BrowserWindow | undefined;
let shown: number;
let say: (event: WindowEvent) => void;
let runs: RunWatch;
beforeEach(() => {
  stub.Notification.shown.length = 0;
  stub.powerSaveBlocker.active.clear();
  window = new stub.BrowserWindow();
  shown = 0;
  runs = new RunWatch();
  const listeners: ((event: WindowEvent) => void)[] = [];
  const host = { runs, subscribe: (listener: (event: WindowEvent) => void) => listeners.push(listener) };
  setupAttention(
    host as unknown as Host,
    {
      current: () => window,
      show: () => {
        shown += 1;
      },
    } as unknown as MainWindow,
  );
  say = (event) => {
    if (event.event !== 'engine' && 'run' in event) runs.record(event);
    else if (event.event === 'engine' && event.state === 'crashed') runs.forgetAll();
    for (const listener of listeners) listener(event);
  };
});

const phase = (state: 'preparing' | 'training' | 'paused' | 'stopped'): EngineEvent => ({
  event: 'phase',
  run: '/runs/ink',
  state,
  message: '',
});
const progress = (step: number): EngineEvent => ({
  event: 'progress',
  run: '/runs/ink',
  epoch: 0,
  epochs: 1,
  step,
  steps: 200,
  objective: 0,
  secondsLeft: 0,
});
const finished = {
  event: 'finished',
  run: '/runs/ink',
  result: { evidence: { level: 'held-out', statement: 'No held-out row is below 0.', details: [] } },
} as unknown as EngineEvent;
const failed: EngineEvent = {
  event: 'failed',
  run: '/runs/ink',
  error: { code: 'diverged', message: 'The loss became infinite.' },
};
const bar = (): unknown => window?.seen.progress.at(-1);

describe('the task bar', () => {
  it('shows how far the run is, that it is paused, and nothing once it has ended', () => {
    say(phase('preparing'));
    expect(bar()).toEqual([2, { mode: 'indeterminate' }]);
    say(phase('training'));
    say(progress(50));
    expect(bar()).toEqual([0.25, { mode: 'normal' }]);
    say(phase('paused'));
    expect(bar()).toEqual([0.25, { mode: 'paused' }]);
    say(finished);
    expect(bar()).toEqual([-1, undefined]);
  });

  it('is left alone while there is no window', () => {
    window = undefined;
    say(phase('training'));
    say(progress(1));
  });
});

describe('the notification', () => {
  it('reports the end of a run while the window is in the background, and opens the run', () => {
    window!.focused = false;
    say(phase('training'));
    say(finished);
    expect(stub.Notification.shown.map(({ options }) => options)).toEqual([
      { title: 'Training has ended: ink', body: 'No held-out row is below 0.' },
    ]);
    stub.Notification.shown[0]?.emit('click');
    expect(shown).toBe(1);
  });

  it('reports a failure and a crash', () => {
    window = undefined;
    say(failed);
    say({ event: 'engine', role: 'train', state: 'crashed', message: 'It ended.', run: '/runs/ink' });
    expect(stub.Notification.shown.map(({ options }) => options.title)).toEqual([
      'Training has failed: ink',
      'Training was interrupted: ink',
    ]);
  });

  it('is not shown while the window has the focus, nor for a cancelled run', () => {
    say(finished);
    window!.focused = false;
    say({ ...failed, error: { code: 'cancelled', message: '' } });
    expect(stub.Notification.shown).toEqual([]);
  });
});

describe('the computer', () => {
  it.each([
    ['ends', finished],
    ['fails', failed],
    ['pauses', phase('paused')],
    ['is stopped', phase('stopped')],
    ['crashes', { event: 'engine', role: 'train', state: 'crashed', run: '/runs/ink' }],
  ] as [string, WindowEvent][])('is kept awake while a run trains, until it %s', (_how, end) => {
    expect(stub.powerSaveBlocker.active.size).toBe(0);
    say(phase('preparing'));
    say(phase('training'));
    say(progress(1));
    expect(stub.powerSaveBlocker.active.size).toBe(1);
    say(end);
    expect(stub.powerSaveBlocker.active.size).toBe(0);
  });

  it('is kept awake again when the run resumes', () => {
    say(phase('training'));
    say(phase('paused'));
    say(phase('training'));
    expect(stub.powerSaveBlocker.active.size).toBe(1);
  });
});
