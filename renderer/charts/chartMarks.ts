import type uPlot from 'uplot';
import type { Mark } from '../logic/marks.ts';
import { nearestIndex, type CurveSeries, type Range } from '../logic/chartData.ts';
import { shapePath, shapeOf, symbolPlaces } from './symbols.ts';
import { curveColour, type ChartTheme } from './theme.ts';

/** Draws the zero line and tints the area below it. */
export function drawZero(plot: uPlot, theme: ChartTheme): void {
  const { ctx, bbox } = plot;
  const zero = plot.valToPos(0, 'y', true);
  if (zero < bbox.top || zero > bbox.top + bbox.height) return;
  ctx.save();
  ctx.fillStyle = theme.negativeWash;
  ctx.globalAlpha = 0.7;
  ctx.fillRect(bbox.left, zero, bbox.width, bbox.top + bbox.height - zero);
  ctx.globalAlpha = 1;
  ctx.strokeStyle = theme.ink;
  ctx.lineWidth = devicePixelRatio;
  ctx.beginPath();
  ctx.moveTo(bbox.left, zero);
  ctx.lineTo(bbox.left + bbox.width, zero);
  ctx.stroke();
  ctx.restore();
}

/** Draws the title of the horizontal axis, left of its start. */
export function drawEpochTitle(plot: uPlot, axisWidth: number, axisHeight: number, theme: ChartTheme): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.font = theme.font.replace(/^\d+/, (size) => String(Number(size) * ratio));
  ctx.fillStyle = theme.faint;
  ctx.textAlign = 'right';
  ctx.textBaseline = 'middle';
  ctx.fillText('epoch', (axisWidth - 12) * ratio, bbox.top + bbox.height + axisHeight * 0.58 * ratio);
  ctx.restore();
}

/** Best: a line with a diamond. Change of a setting: a dashed line with a triangle. Checkpoint: a short bar on the axis. */
export function drawMarks(plot: uPlot, marks: readonly Mark[], theme: ChartTheme): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.lineWidth = ratio;
  for (const { kind, epoch } of marks) {
    const x = Math.round(plot.valToPos(epoch, 'x', true));
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    const colour = kind === 'best' ? theme.good : kind === 'change' ? theme.accent : theme.ink;
    ctx.strokeStyle = colour;
    ctx.fillStyle = colour;
    ctx.setLineDash(kind === 'change' ? [3 * ratio, 3 * ratio] : []);
    if (kind === 'checkpoint') {
      const height = 8 * ratio;
      ctx.fillRect(x - ratio, bbox.top + bbox.height - height, 2 * ratio, height);
      continue;
    }
    ctx.globalAlpha = 0.55;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.globalAlpha = 1;
    const size = 4 * ratio;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top - size);
    ctx.lineTo(x + size, kind === 'best' ? bbox.top : bbox.top + size);
    ctx.lineTo(kind === 'best' ? x : x - size, bbox.top + size);
    if (kind === 'best') ctx.lineTo(x - size, bbox.top);
    ctx.fill();
  }
  ctx.restore();
}

/** Minimum distance in pixels between two symbols of a curve. */
const symbolDistance = 64;

/** Draws a curve's symbols: filled, or open on the dashed curve of the validation rows. */
export function drawSymbols(plot: uPlot, index: number, curve: CurveSeries, range: Range, theme: ChartTheme): void {
  const shape = shapeOf(curve.symbol);
  const values = plot.data[index];
  const [epochs] = plot.data;
  if (shape === undefined || values === undefined) return;
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const least = ((range.to - range.from) / Math.max(1, bbox.width / ratio)) * symbolDistance;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top - 4 * ratio, bbox.width, bbox.height + 8 * ratio);
  ctx.clip();
  ctx.lineWidth = 1.5 * ratio;
  // Reset the dashes of the curve just drawn.
  ctx.setLineDash([]);
  ctx.strokeStyle = curveColour(theme, curve.colour);
  ctx.fillStyle = curve.paired === true ? theme.panel : ctx.strokeStyle;
  for (const place of symbolPlaces(range.from, range.to, least, (curve.symbol ?? 0) / 3)) {
    const at = nearestIndex(epochs as readonly number[], place);
    const value = values[at];
    if (value === null || value === undefined) continue;
    const x = plot.valToPos(epochs[at] ?? 0, 'x', true);
    const path = new Path2D(shapePath(shape, x, plot.valToPos(value, 'y', true), 3 * ratio));
    ctx.fill(path);
    ctx.stroke(path);
  }
  ctx.restore();
}
