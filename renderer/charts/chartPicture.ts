import type { Shape } from './symbols.ts';
import { shapePath } from './symbols.ts';
import { chartTheme, curveColour, type ChartTheme } from './theme.ts';

/** A chart as an image with title and legend. */

export interface LegendEntry {
  readonly label: string;
  /** Style of the curve, if the entry belongs to one. */
  readonly curve?: {
    readonly colour: number;
    readonly dash?: readonly number[] | undefined;
    readonly thin?: boolean | undefined;
    readonly symbol?: Shape | undefined;
  };
}

const titleHeight = 26;
const lineHeight = 18;
const margin = 10;
const sampleWidth = 24;
const gap = 16;

/** @param source - the drawing without title and legend */
export function framedPicture(
  source: HTMLCanvasElement,
  title: string,
  legend: readonly LegendEntry[],
): HTMLCanvasElement {
  const ratio = devicePixelRatio;
  const theme = chartTheme();
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('The browser did not provide a 2D canvas.');
  context.font = theme.font;
  const places = arrange(context, legend, source.width / ratio - 2 * margin);
  const head = titleHeight + lineHeight * ((places.at(-1)?.line ?? -1) + 1);
  canvas.width = source.width;
  canvas.height = source.height + Math.round(head * ratio);
  context.fillStyle = theme.panel;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(source, 0, Math.round(head * ratio));
  context.scale(ratio, ratio);
  context.fillStyle = theme.ink;
  context.font = theme.titleFont;
  context.fillText(title, margin, 18);
  context.font = theme.font;
  legend.forEach((entry, index) => {
    const { left = 0, line = 0 } = places[index] ?? {};
    drawEntry(context, theme, entry, margin + left, titleHeight + line * lineHeight + 4);
  });
  return canvas;
}

const widthOf = (context: CanvasRenderingContext2D, { label, curve }: LegendEntry): number =>
  context.measureText(label).width + (curve === undefined ? 0 : sampleWidth + 5);

/** Places entries one after the other, with line breaks. */
function arrange(
  context: CanvasRenderingContext2D,
  legend: readonly LegendEntry[],
  width: number,
): { left: number; line: number }[] {
  let left = 0;
  let line = 0;
  return legend.map((entry) => {
    const own = widthOf(context, entry);
    if (left > 0 && left + own > width) {
      left = 0;
      line += 1;
    }
    const place = { left, line };
    left += own + gap;
    return place;
  });
}

function drawEntry(
  context: CanvasRenderingContext2D,
  theme: ChartTheme,
  { label, curve }: LegendEntry,
  left: number,
  middle: number,
): void {
  if (curve !== undefined) {
    const { colour, dash = [], thin, symbol } = curve;
    context.strokeStyle = curveColour(theme, colour);
    context.fillStyle = curveColour(theme, colour);
    context.lineWidth = thin === true ? 1 : 2;
    context.setLineDash([...dash]);
    context.beginPath();
    context.moveTo(left, middle);
    context.lineTo(left + sampleWidth, middle);
    context.stroke();
    context.setLineDash([]);
    if (symbol !== undefined) context.fill(new Path2D(shapePath(symbol, left + sampleWidth / 2, middle, 3.5)));
  }
  context.fillStyle = theme.ink;
  context.fillText(label, left + (curve === undefined ? 0 : sampleWidth + 5), middle + 4);
}
