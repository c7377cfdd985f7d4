import { formatNumber } from '../logic/format.ts';
import { line, type Surface } from './canvas.ts';
import { roundTicks } from './ticks.ts';

export interface ScatterPoint {
  readonly row: number;
  readonly target: number;
  readonly prediction: number;
}

export interface ScatterView {
  readonly points: readonly ScatterPoint[];
  /** The point whose values are shown. */
  readonly under: ScatterPoint | undefined;
}

const margin = { left: 56, right: 12, top: 24, bottom: 34 };

interface Scale {
  readonly low: number;
  readonly high: number;
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

function scaleOf(points: readonly ScatterPoint[], width: number, height: number): Scale {
  let low = 0;
  let high = 0;
  for (const { target, prediction } of points) {
    low = Math.min(low, target, prediction);
    high = Math.max(high, target, prediction);
  }
  const room = (high - low) * 0.04 || 1;
  low -= room;
  high += room;
  const share = (value: number): number => (value - low) / (high - low);
  return {
    low,
    high,
    x: (value) => margin.left + share(value) * (width - margin.left - margin.right),
    y: (value) => height - margin.bottom - share(value) * (height - margin.top - margin.bottom),
  };
}

/** Draws predicted over true values, the lines of equality and of zero, and open triangles for negative predictions. */
export function drawScatter({ context, width, height, theme }: Surface, { points, under }: ScatterView): void {
  const { low, high, x, y } = scaleOf(points, width, height);
  const stroke = (x0: number, y0: number, x1: number, y1: number): void => {
    line(context, x0, y0, x1, y1);
  };
  context.fillStyle = theme.negativeWash;
  context.fillRect(margin.left, y(0), width - margin.left - margin.right, height - margin.bottom - y(0));

  context.font = theme.font;
  context.fillStyle = theme.faint;
  context.strokeStyle = theme.line;
  for (const tick of roundTicks(low, high, 6)) {
    stroke(x(tick), margin.top, x(tick), height - margin.bottom);
    stroke(margin.left, y(tick), width - margin.right, y(tick));
    context.textAlign = 'center';
    context.fillText(formatNumber(tick, 3), x(tick), height - margin.bottom + 14);
    context.textAlign = 'right';
    context.fillText(formatNumber(tick, 3), margin.left - 6, y(tick) + 4);
  }
  context.textAlign = 'right';
  context.fillText('true', width - margin.right, height - 5);
  context.textAlign = 'left';
  context.fillText('predicted', 2, margin.top - 10);

  context.strokeStyle = theme.faint;
  context.setLineDash([5, 4]);
  stroke(x(low), y(low), x(high), y(high));
  context.setLineDash([]);
  context.strokeStyle = theme.ink;
  stroke(margin.left, Math.round(y(0)) + 0.5, width - margin.right, Math.round(y(0)) + 0.5);

  context.fillStyle = theme.accent;
  context.globalAlpha = Math.max(0.25, Math.min(0.8, 300 / Math.max(1, points.length)));
  for (const { target, prediction } of points) {
    if (prediction < 0) continue;
    context.beginPath();
    context.arc(x(target), y(prediction), 2, 0, 2 * Math.PI);
    context.fill();
  }
  context.globalAlpha = 1;
  context.strokeStyle = theme.negative;
  for (const { target, prediction } of points) {
    if (prediction >= 0) continue;
    context.beginPath();
    context.moveTo(x(target), y(prediction) + 4);
    context.lineTo(x(target) - 3.5, y(prediction) - 2.5);
    context.lineTo(x(target) + 3.5, y(prediction) - 2.5);
    context.closePath();
    context.stroke();
  }
  if (under === undefined) return;
  context.strokeStyle = theme.ink;
  context.lineWidth = 1.5;
  context.beginPath();
  context.arc(x(under.target), y(under.prediction), 6, 0, 2 * Math.PI);
  context.stroke();
}

/** The point nearest to a position on the canvas, within a few pixels. */
export function pointAt(
  points: readonly ScatterPoint[],
  width: number,
  height: number,
  left: number,
  top: number,
): ScatterPoint | undefined {
  const { x, y } = scaleOf(points, width, height);
  let best: ScatterPoint | undefined;
  let distance = 64;
  for (const point of points) {
    const away = (x(point.target) - left) ** 2 + (y(point.prediction) - top) ** 2;
    if (away < distance) {
      best = point;
      distance = away;
    }
  }
  return best;
}

/**
 * The point selected by a key, in the order of true values; no point after Escape.
 *
 * @returns `undefined` if the key has no function here
 */
export function pointAfterKey(
  points: readonly ScatterPoint[],
  from: ScatterPoint | undefined,
  key: string,
): { readonly point: ScatterPoint | undefined } | undefined {
  if (key === 'Escape') return from === undefined ? undefined : { point: undefined };
  const steps: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 };
  const step = steps[key];
  if (points.length === 0 || (step === undefined && key !== 'Home' && key !== 'End')) return undefined;
  const ordered = points.toSorted((a, b) => a.target - b.target || a.prediction - b.prediction);
  const last = ordered.length - 1;
  const at = from === undefined ? -1 : ordered.findIndex(({ row }) => row === from.row);
  if (key === 'Home' || (at < 0 && step !== undefined)) return { point: ordered[0] };
  if (step === undefined) return { point: ordered[last] };
  return { point: ordered[Math.min(last, Math.max(0, at + step))] };
}
