import { formatNumber } from '../logic/format.ts';
import { chartTheme } from './theme.ts';

export interface ScatterPoint {
  readonly row: number;
  readonly target: number;
  readonly prediction: number;
}

const margin = { left: 56, right: 12, top: 10, bottom: 34 };

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

/** Predicted against true, with the line of equality, the zero line, and negative predictions as open triangles. */
export function drawScatter(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
  points: readonly ScatterPoint[],
): void {
  const ratio = devicePixelRatio;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext('2d');
  if (context === null) return;
  context.scale(ratio, ratio);
  const theme = chartTheme();
  const { low, high, x, y } = scaleOf(points, width, height);
  const line = (x0: number, y0: number, x1: number, y1: number): void => {
    context.beginPath();
    context.moveTo(x0, y0);
    context.lineTo(x1, y1);
    context.stroke();
  };
  context.fillStyle = theme.panel;
  context.fillRect(0, 0, width, height);
  context.fillStyle = theme.negativeWash;
  context.fillRect(margin.left, y(0), width - margin.left - margin.right, height - margin.bottom - y(0));

  context.font = theme.font;
  context.fillStyle = theme.faint;
  context.strokeStyle = theme.line;
  const size = 10 ** Math.floor(Math.log10((high - low) / 3));
  const step = [1, 2, 5, 10].map((factor) => factor * size).find((candidate) => (high - low) / candidate <= 6) ?? size;
  for (let tick = Math.ceil(low / step); tick * step <= high; tick += 1) {
    const value = tick * step;
    line(x(value), margin.top, x(value), height - margin.bottom);
    line(margin.left, y(value), width - margin.right, y(value));
    context.textAlign = 'center';
    context.fillText(formatNumber(value, 3), x(value), height - margin.bottom + 14);
    context.textAlign = 'right';
    context.fillText(formatNumber(value, 3), margin.left - 6, y(value) + 4);
  }
  context.textAlign = 'right';
  context.fillText('true', width - margin.right, height - 5);
  context.textAlign = 'left';
  context.fillText('predicted', 2, margin.top);

  context.strokeStyle = theme.faint;
  context.setLineDash([5, 4]);
  line(x(low), y(low), x(high), y(high));
  context.setLineDash([]);
  context.strokeStyle = theme.ink;
  line(margin.left, Math.round(y(0)) + 0.5, width - margin.right, Math.round(y(0)) + 0.5);

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
}

/** The point nearest to a place on the canvas, within a few pixels. */
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
