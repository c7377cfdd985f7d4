import { afterEach, expect, test, vi } from 'vitest';
import { ProgressView } from './progressView.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** The lines that a terminal shows after `work`. */
function screenAfter(work: () => void): string[] {
  let written = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written += String(text);
    return true;
  });
  work();
  // A line shows only the text after its last erasure.
  return written.split('\n').map((line) => line.split('\r\u001b[K').at(-1) ?? '');
}

const progress = (step: number) =>
  ({
    event: 'progress',
    run: 'r',
    epoch: 2,
    epochs: 4,
    step,
    steps: 200,
    objective: 0.123456,
    secondsLeft: 61,
  }) as const;

test('a terminal shows one bar that is redrawn, and lines above it', () => {
  const lines = screenAfter(() => {
    const view = new ProgressView(true);
    view.show(progress(20));
    view.show(progress(99));
    view.show({ event: 'phase', run: 'r', state: 'training', message: 'evaluating' });
  });
  expect(lines).toEqual([
    'Evaluating ...',
    'epoch 2/4 [###############...............] 49 %  loss 0.1235  negatives -  1 min 1 s left',
  ]);
});

test('the bar is removed at the end, and there is none without a terminal', () => {
  const shown = (terminal: boolean) =>
    screenAfter(() => {
      const view = new ProgressView(terminal);
      view.show(progress(20));
      if (terminal) view.end();
    });
  expect(shown(true)).toEqual(['']);
  expect(shown(false)).toEqual(['']);
});
