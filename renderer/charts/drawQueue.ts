/** Milliseconds of a frame that charts may take together; the rest of it belongs to the hand on mouse and keys. */
const budget = 10;

const waiting = new Map<object, () => void>();
let frame = 0;

/**
 * Draws a chart in the next frame that has time for it. Many charts drawn in one frame would hold up everything else;
 * this way each waits its turn, and one that is asked for again before it is drawn is drawn once.
 */
export function drawSoon(chart: object, draw: () => void): void {
  waiting.set(chart, draw);
  if (frame === 0) frame = requestAnimationFrame(drawWaiting);
}

/** The chart is gone: it is not drawn any more. */
export function forgetDrawing(chart: object): void {
  waiting.delete(chart);
}

function drawWaiting(): void {
  drawNext(performance.now() + budget);
}

/** Draws the first in the queue, then the others as long as there is time until `end`. */
function drawNext(end: number): void {
  const [next] = waiting;
  if (next === undefined) {
    frame = 0;
    return;
  }
  const [chart, draw] = next;
  waiting.delete(chart);
  draw();
  // uPlot draws in a microtask of its own, which stands before this one: only now is it known how long it took.
  queueMicrotask(() => {
    if (performance.now() < end) drawNext(end);
    else frame = requestAnimationFrame(drawWaiting);
  });
}
