import type { Distribution } from '../../native/contract/results.ts';
import { extentOf, valueRange, type DistributionHistory } from '../logic/distributions.ts';
import { nearestIndex, type Range } from '../logic/chartData.ts';
import { formatCount, formatNumber } from '../logic/format.ts';
import { line, type Surface } from './canvas.ts';
import { axisWidth, rightMargin } from './lineChart.ts';
import type { ChartTheme } from './theme.ts';
import { roundTicks } from './ticks.ts';

/** Width in pixels of the histogram of one epoch, at the right of the strip. */
const histogramWidth = 92;
/** Width in pixels of the part that is redrawn when another epoch is read. */
export const sideWidth = histogramWidth + rightMargin;
const top = 6;
/** Height in pixels of the axis of epochs. */
const bottom = 20;

export interface StripView {
  readonly history: DistributionHistory;
  readonly range: Range;
}

export interface SideView extends StripView {
  /** Epoch of the histogram. */
  readonly epoch: number;
}

type Drawer<View> = (surface: Surface, view: View) => void;

interface Frame extends Surface {
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly y: (value: number) => number;
}

/** Left and right edge of the epochs and height below them, in pixels, in a strip of this width. */
export const stripArea = (width: number): { left: number; right: number; below: number } => ({
  left: axisWidth,
  right: width - sideWidth,
  below: bottom,
});

/**
 * Draws the distribution of an output: epochs from left to right, values upward, darker for more rows, a zero line, and
 * another colour with hatching below zero. A second drawing over the right end, separate because it follows the
 * pointer, shows the histogram of one epoch.
 *
 * @returns drawers for one strip, which reuse unchanged parts
 */
export function stripDrawers(): { readonly strip: Drawer<StripView>; readonly side: Drawer<SideView> } {
  const columns = new Columns();
  const valuesOf = valuesInView();
  return {
    strip: (surface, view) => {
      const values = valuesOf(view);
      if (values === undefined) return;
      const { width, height } = surface;
      const frame: Frame = { ...surface, ...stripArea(width), bottom: height - bottom, y: scaleOf(values, height) };
      const end = width - rightMargin;
      columns.draw(frame, view);
      hatchBelowZero(frame, end);
      drawAxis(frame, values, end);
      drawEpochs(frame, view.range);
    },
    side: (surface, view) => {
      const values = valuesOf(view);
      const distribution = view.history.distributions[nearestIndex(view.history.epochs, view.epoch)];
      if (values !== undefined && distribution !== undefined)
        drawHistogram(surface, distribution, scaleOf(values, surface.height));
    },
  };
}

interface Values {
  readonly low: number;
  readonly high: number;
}

/** The values that a strip shows, cached for both drawings and all pointer moves. */
function valuesInView(): (view: StripView) => Values | undefined {
  let known: (StripView & { readonly values: Values | undefined }) | undefined;
  return ({ history, range }) => {
    if (known?.history !== history || known.range.from !== range.from || known.range.to !== range.to) {
      const shown = history.distributions.filter((_, index) => inRange(history.epochs[index] ?? 0, range));
      known = { history, range, values: shown.length === 0 ? undefined : valueRange(shown) };
    }
    return known.values;
  };
}

const scaleOf =
  ({ low, high }: Values, height: number) =>
  (value: number): number =>
    top + ((high - value) / (high - low)) * (height - top - bottom);

const inRange = (epoch: number, range: Range): boolean => epoch >= range.from - 1 && epoch <= range.to + 1;

/**
 * The epochs, pixel by pixel: thousands of epochs with dozens of bins are too many rectangles for a canvas, but an
 * image of a few hundred pixels a side is quick to fill.
 */
class Columns {
  #picture: ImageData | undefined;
  #drawn: readonly unknown[] = [];

  draw(frame: Frame, { history, range }: StripView): void {
    const { context, theme, left, right } = frame;
    const ratio = devicePixelRatio;
    const width = Math.max(1, Math.round((right - left) * ratio));
    const height = Math.max(1, Math.round(frame.height * ratio));
    if (this.#picture?.width !== width || this.#picture.height !== height) {
      this.#picture = context.createImageData(width, height);
      this.#drawn = [];
    }
    const wanted = [history, range.from, range.to, theme];
    if (wanted.some((part, index) => part !== this.#drawn[index])) {
      fillColumns(this.#picture, frame, history, range);
      this.#drawn = wanted;
    }
    context.putImageData(this.#picture, Math.round(left * ratio), 0);
  }
}

function fillColumns(picture: ImageData, frame: Frame, history: DistributionHistory, range: Range): void {
  const { width, height } = picture;
  const { theme, y } = frame;
  const ratio = devicePixelRatio;
  const colours = colourScales(theme);
  const pixels = new Uint32Array(picture.data.buffer).fill(colours.accent[0] ?? 0);
  for (let column = 0; column < width; column += 1) {
    const epoch = range.from + ((column + 0.5) / width) * (range.to - range.from);
    const distribution = distributionAt(history, epoch);
    if (distribution === undefined) continue;
    const { from, to, counts } = distribution;
    const binWidth = (to - from) / counts.length;
    const { most } = extentOf(distribution);
    for (let bin = 0; bin < counts.length; bin += 1) {
      const count = counts[bin] ?? 0;
      if (count === 0) continue;
      const low = from + bin * binWidth;
      const scale = low + binWidth / 2 < 0 ? colours.negative : colours.accent;
      // The square root and a minimum of a tenth keep bins of few rows visible.
      const colour = scale[Math.round(255 * (0.1 + 0.85 * Math.sqrt(count / most)))] ?? 0;
      const first = Math.max(0, Math.round(y(low + binWidth) * ratio));
      const end = Math.min(height, Math.max(first + 1, Math.round(y(low) * ratio)));
      for (let row = first; row < end; row += 1) pixels[row * width + column] = colour;
    }
  }
}

/** The distribution drawn at an epoch's position: each covers the range from the epoch before it to its own. */
function distributionAt({ epochs, distributions }: DistributionHistory, epoch: number): Distribution | undefined {
  const nearest = nearestIndex(epochs, epoch);
  return distributions[(epochs[nearest] ?? 0) < epoch ? nearest + 1 : nearest];
}

/** Pixel values of the two colours: 256 shades, starting at the panel's colour. */
function colourScales({ negative, accent, panel }: ChartTheme): Record<'negative' | 'accent', Uint32Array> {
  if (knownScales?.key !== [negative, accent, panel].join()) {
    const canvas = new OffscreenCanvas(256, 2);
    const context = canvas.getContext('2d');
    if (context === null) throw new Error('The browser did not provide a 2D canvas.');
    context.fillStyle = panel;
    context.fillRect(0, 0, 256, 2);
    [negative, accent].forEach((colour, row) => {
      context.fillStyle = colour;
      for (let shade = 0; shade < 256; shade += 1) {
        context.globalAlpha = shade / 255;
        context.fillRect(shade, row, 1, 1);
      }
    });
    const pixels = (row: number): Uint32Array => new Uint32Array(context.getImageData(0, row, 256, 1).data.buffer);
    knownScales = { key: [negative, accent, panel].join(), negative: pixels(0), accent: pixels(1) };
  }
  return knownScales;
}

let knownScales: { key: string; negative: Uint32Array; accent: Uint32Array } | undefined;

function hatchBelowZero(frame: Frame, end: number): void {
  const { context, theme, left, y } = frame;
  const zero = y(0);
  if (zero >= frame.bottom) return;
  context.save();
  context.beginPath();
  context.rect(left, zero, end - left, frame.bottom - zero);
  context.clip();
  context.strokeStyle = theme.negative;
  context.globalAlpha = 0.28;
  for (let x = left - (frame.bottom - zero); x < end; x += 6)
    line(context, x, frame.bottom, x + (frame.bottom - zero), zero);
  context.restore();
}

function drawHistogram(
  { context, theme, width }: Surface,
  { from, to, counts }: Distribution,
  y: (value: number) => number,
): void {
  const binWidth = (to - from) / counts.length;
  const most = Math.max(1, ...counts);
  const start = 8;
  const end = width - rightMargin;
  counts.forEach((count, bin) => {
    const low = from + bin * binWidth;
    context.fillStyle = low + binWidth / 2 < 0 ? theme.negative : theme.accent;
    const length = count === 0 ? 0 : Math.max(1.5, (count / most) * (end - start));
    const y0 = y(low + binWidth);
    context.fillRect(start, y0 + 0.25, length, Math.max(0.75, y(low) - y0 - 0.5));
  });
  context.strokeStyle = theme.line;
  line(context, start - 0.5, top, start - 0.5, y(Math.min(from, 0)));
  drawZeroLine(context, theme, y, start, end);
}

function drawZeroLine(
  context: CanvasRenderingContext2D,
  theme: ChartTheme,
  y: (value: number) => number,
  from: number,
  to: number,
): void {
  context.strokeStyle = theme.ink;
  context.lineWidth = 1;
  line(context, from, Math.round(y(0)) + 0.5, to, Math.round(y(0)) + 0.5);
}

function drawAxis(frame: Frame, { low, high }: Values, end: number): void {
  const { context, theme, left, y } = frame;
  context.font = theme.font;
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  context.fillStyle = theme.faint;
  for (const tick of roundTicks(low, high, 5)) {
    if (tick !== 0) context.fillText(formatNumber(tick, 3), left - 8, y(tick));
  }
  context.fillStyle = theme.ink;
  context.fillText('0', left - 8, y(0));
  drawZeroLine(context, theme, y, left, end);
}

function drawEpochs({ context, theme, left, right, bottom: foot }: Frame, { from, to }: Range): void {
  context.textBaseline = 'middle';
  context.fillStyle = theme.faint;
  const place = foot + bottom / 2 + 1;
  context.textAlign = 'right';
  context.fillText('epoch', left - 12, place);
  context.textAlign = 'center';
  for (const tick of roundTicks(from, to, Math.max(5, Math.floor((right - left) / 60)))) {
    if (Number.isInteger(tick))
      context.fillText(formatCount(tick), left + ((tick - from) / (to - from)) * (right - left), place);
  }
}
