import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { decimate } from '../logic/decimate.ts';
import type { ChartData, Range } from '../logic/chartData.ts';
import { formatCount } from '../logic/format.ts';
import { drawQueue } from '../logic/frameQueue.ts';
import { drawEpochTitle, drawMarks, drawSymbols, drawZero } from './chartMarks.ts';
import { logRange, logSplits, roundValues, valueRange } from './scales.ts';
import { chartTheme, curveColour, onThemeChange } from './theme.ts';

/** Width in pixels of the vertical axis: equal in all charts, so that their epochs are aligned. */
export const axisWidth = 58;
export const rightMargin = 10;
const epochAxisHeight = 26;
/** Pixels right of the last visible epoch, so that a point there is not cut off. */
const endRoom = 6;
/** Left and right edge of the epochs and height below them, in pixels, in a chart of this width. */
export const curveArea = (width: number): { left: number; right: number; below: number } => ({
  left: axisWidth,
  right: width - rightMargin - endRoom,
  below: epochAxisHeight,
});
/** Limit of drawn points: more than pixels are not visible. */
const drawnPoints = 2400;

/** Curves over epochs, drawn with uPlot. */
export class LineChart {
  readonly #parent: HTMLElement;
  #plot: uPlot | undefined;
  #data: ChartData;
  #shape = '';
  #whole: Range = { from: 0, to: 1 };
  #range: Range | undefined;
  #hover: number | undefined;
  #size = { width: 0, height: 0 };
  readonly #observer: ResizeObserver;
  readonly #endTheme: () => void;

  constructor(parent: HTMLElement, data: ChartData) {
    this.#parent = parent;
    this.#data = data;
    this.#observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) this.#size = entry.contentRect;
      this.#soon();
    });
    this.#observer.observe(parent);
    this.#endTheme = onThemeChange(() => {
      this.#shape = '';
      this.#soon();
    });
  }

  /** Sets the data; the drawing follows in one of the next frames. */
  update(data: ChartData, whole: Range, range: Range | undefined): void {
    this.#data = data;
    this.#whole = whole;
    this.#range = range;
    this.#soon();
  }

  /** Marks the read epoch on every curve. */
  setHover(epoch: number | undefined): void {
    this.#hover = epoch;
    this.#showHover();
  }

  /** The canvas with the drawn curves. */
  get picture(): HTMLCanvasElement | undefined {
    return this.#plot?.ctx.canvas;
  }

  destroy(): void {
    drawQueue.remove(this);
    this.#observer.disconnect();
    this.#endTheme();
    this.#plot?.destroy();
  }

  #soon(): void {
    drawQueue.add(this, () => {
      this.#draw();
    });
  }

  #showHover(): void {
    const plot = this.#plot;
    if (plot === undefined) return;
    const left = this.#hover === undefined ? -10 : plot.valToPos(this.#hover, 'x');
    const top = this.#hover === undefined ? -10 : 0;
    if (left !== plot.cursor.left || top !== plot.cursor.top) plot.setCursor({ left, top }, false);
  }

  #draw(): void {
    const { width, height } = this.#size;
    if (width === 0 || height === 0) return;
    const data = this.#data;
    const shape = JSON.stringify([
      data.log,
      this.#hasFirm(),
      data.series.map(({ label, colour, dash, thin, symbol }) => [label, colour, dash, thin, symbol]),
    ]);
    if (this.#plot === undefined || shape !== this.#shape) {
      this.#plot?.destroy();
      this.#shape = shape;
      this.#plot = this.#create(width, height);
    }
    const plot = this.#plot;
    if (plot.width !== width || plot.height !== height) plot.setSize({ width, height });
    const range = this.#range ?? this.#whole;
    plot.batch(() => {
      plot.setData(this.#points(range), false);
      plot.setScale('x', { min: range.from, max: range.to + this.#endEpochs(range) });
    });
    this.#showHover();
  }

  /** Whether any curve of whole epochs has two points. */
  #hasFirm(): boolean {
    return this.#data.series.some(({ thin, values }) => {
      if (thin === true) return false;
      const first = values.findIndex((value) => value !== null);
      return first >= 0 && values.some((value, index) => index > first && value !== null);
    });
  }

  /** Width of the space after the last visible epoch, in epochs. */
  #endEpochs({ from, to }: Range): number {
    const { left, right } = curveArea(this.#size.width);
    return ((to - from) * endRoom) / Math.max(1, right - left);
  }

  #points(range: Range): uPlot.AlignedData {
    const { x, series, log } = this.#data;
    const first = x.findIndex((value) => value >= range.from);
    const from = Math.max(0, (first < 0 ? x.length : first) - 1);
    const after = x.findIndex((value) => value > range.to);
    const to = after < 0 ? x.length : after + 1;
    const window = x.slice(from, to);
    const values = series.map((curve) => drawable(curve.values, from, to, log === true));
    const keep = decimate(window, values, drawnPoints);
    if (keep.length === window.length) return [window, ...values] as uPlot.AlignedData;
    const pick = <Value>(list: readonly Value[]): Value[] => keep.map((index) => list[index] as Value);
    return [pick(window), ...values.map(pick)] as uPlot.AlignedData;
  }

  #create(width: number, height: number): uPlot {
    const theme = chartTheme();
    const { series, log, format } = this.#data;
    const hasFirm = this.#hasFirm();
    const axis = {
      stroke: theme.faint,
      font: theme.font,
      grid: { stroke: theme.line, width: 1 },
      ticks: { stroke: theme.line, width: 1, size: 4 },
    };
    return new uPlot(
      {
        width,
        height,
        padding: [8, rightMargin, 0, 0],
        legend: { show: false },
        scales: {
          x: { time: false, auto: false },
          // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- 3 is logarithmic; isolated modules cannot name an ambient const enum
          y: log === true ? { distr: 3, range: logRange } : { range: valueRange },
        },
        series: [
          {},
          ...series.map(({ label, colour, dash, thin, symbol }) => ({
            label,
            stroke: curveColour(theme, colour),
            width: thin === true ? 1 : 1.75,
            ...(dash === undefined ? {} : { dash: [...dash] }),
            // The live objective may jump or fall below zero, so the curves of whole epochs set the axis.
            auto: thin !== true || !hasFirm,
            spanGaps: true,
            points: {
              show: (plot: uPlot, index: number) =>
                thin !== true && symbol === undefined && plot.data[index] !== undefined && isSparse(plot.data[index]),
              size: 4,
              fill: curveColour(theme, colour),
            },
          })),
        ],
        axes: [
          {
            ...axis,
            size: epochAxisHeight,
            space: 60,
            values: (_: uPlot, splits: number[]) => splits.map(formatCount),
            incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 50_000],
          },
          {
            ...axis,
            ...(log === true
              ? {
                  splits: logSplits,
                  filter: roundValues,
                  grid: { ...axis.grid, filter: roundValues },
                  ticks: { ...axis.ticks, filter: roundValues },
                }
              : {}),
            size: axisWidth,
            space: 28,
            values: (_: uPlot, splits: (number | null)[]) =>
              splits.map((value) => (value === null ? '' : format(value))),
          },
        ],
        // The surrounding component handles pointer and keys, and calls `setHover`.
        cursor: { points: { size: 6 }, x: false, y: false, drag: { x: false, y: false } },
        hooks: {
          drawAxes: [
            (plot) => {
              drawEpochTitle(plot, axisWidth, epochAxisHeight, theme);
              if (this.#data.zeroLine === true) drawZero(plot, theme);
            },
          ],
          draw: [
            (plot) => {
              drawMarks(plot, this.#data.marks, theme);
            },
          ],
          drawSeries: [
            (plot, index) => {
              const curve = this.#data.series[index - 1];
              if (curve !== undefined) drawSymbols(plot, index, curve, this.#range ?? this.#whole, theme);
            },
          ],
        },
      },
      [[], ...series.map(() => [])],
      this.#parent,
    );
  }
}

/** Whether a curve has so few visible values that each gets a dot: a single value has no line. */
function isSparse(values: ArrayLike<number | null | undefined>): boolean {
  let count = 0;
  for (let index = 0; index < values.length && count < 40; index += 1) {
    if (typeof values[index] === 'number') count += 1;
  }
  return count < 40;
}

/** Part of a curve, with gaps for values that cannot be drawn. */
function drawable(values: readonly (number | null)[], from: number, to: number, log: boolean): (number | null)[] {
  const stretch = values.slice(from, to);
  for (let index = 0; index < stretch.length; index += 1) {
    const value = stretch[index] ?? null;
    if (value === null || !Number.isFinite(value) || (log && value <= 0)) stretch[index] = null;
  }
  return stretch;
}
