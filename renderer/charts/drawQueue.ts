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
  frame = 0;
  const end = performance.now() + budget;
  for (const [chart, draw] of waiting) {
    waiting.delete(chart);
    draw();
    if (performance.now() >= end) break;
  }
  if (waiting.size > 0) frame = requestAnimationFrame(drawWaiting);
}
