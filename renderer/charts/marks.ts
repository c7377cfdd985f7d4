import type uPlot from 'uplot';
import type { Mark } from '../logic/marks.ts';
import type { ChartTheme } from './theme.ts';

/** The zero line, and a wash over what lies below it. */
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

/** Best: a line with a diamond. Change of a setting: a dashed line with a triangle. Checkpoint: a tick at the axis. */
export function drawMarks(plot: uPlot, marks: readonly Mark[], theme: ChartTheme): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.lineWidth = ratio;
  for (const { kind, epoch } of marks) {
    const x = Math.round(plot.valToPos(epoch, 'x', true));
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    const colour = kind === 'best' ? theme.good : kind === 'change' ? theme.accent : theme.faint;
    ctx.strokeStyle = colour;
    ctx.fillStyle = colour;
    ctx.setLineDash(kind === 'change' ? [3 * ratio, 3 * ratio] : []);
    const top = kind === 'checkpoint' ? bbox.top + bbox.height - 5 * ratio : bbox.top;
    ctx.globalAlpha = 0.55;
    ctx.beginPath();
    ctx.moveTo(x, top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.globalAlpha = 1;
    if (kind === 'checkpoint') continue;
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
