import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { decimate } from '../logic/decimate.ts';
import type { ChartData } from '../logic/curves.ts';
import type { Range } from '../state/view.svelte.ts';
import { drawSoon, forgetDrawing } from './drawQueue.ts';
import { drawMarks, drawZero } from './marks.ts';
import { listenToPointer } from './pointer.ts';
import { logRange, logSplits, roundValues, valueRange } from './scales.ts';
import { chartTheme, curveColour } from './theme.ts';

export interface LineChartEvents {
  /** The epoch under the cursor; `undefined` when it has left. */
  hover(epoch: number | undefined): void;
  /** The epochs to show; `undefined` for all. */
  zoom(range: Range | undefined): void;
}

/** Width of the vertical axis: the same in all charts, so that their epochs stand above each other. */
export const axisWidth = 58;
export const rightMargin = 10;
/** More points than pixels cannot be seen. */
const drawnPoints = 2400;

/** Curves over epochs, drawn by uPlot. */
export class LineChart {
  readonly #parent: HTMLElement;
  readonly #events: LineChartEvents;
  #plot: uPlot | undefined;
  #data: ChartData;
  #shape = '';
  /** Epochs in view: few of them get a dot each. */
  #plotted = 0;
  #whole: Range = { from: 0, to: 1 };
  #range: Range | undefined;
  #hover: number | undefined;
  readonly #observer: ResizeObserver;

  constructor(parent: HTMLElement, data: ChartData, events: LineChartEvents) {
    this.#parent = parent;
    this.#data = data;
    this.#events = events;
    this.#observer = new ResizeObserver(() => {
      this.#soon();
    });
    this.#observer.observe(parent);
    this.#soon();
  }

  /** Shows other data; drawn with one of the next frames. */
  update(data: ChartData, whole: Range, range: Range | undefined): void {
    this.#data = data;
    this.#whole = whole;
    this.#range = range;
    this.#soon();
  }

  /** Shows the cursor at an epoch that another chart is asked about. */
  setHover(epoch: number | undefined): void {
    if (epoch === this.#hover) return;
    this.#hover = epoch;
    const plot = this.#plot;
    if (plot === undefined || plot.over.matches(':hover')) return;
    const left = epoch === undefined ? -10 : plot.valToPos(epoch, 'x');
    plot.setCursor({ left, top: epoch === undefined ? -10 : 0 }, false);
  }

  /** Draws all anew: the theme has changed. */
  redraw(): void {
    this.#shape = '';
    this.#soon();
  }

  /** The chart as a picture with title and legend. */
  picture(): HTMLCanvasElement | undefined {
    const source = this.#plot?.ctx.canvas;
    if (source === undefined) return undefined;
    const theme = chartTheme();
    const ratio = devicePixelRatio;
    const head = 44 * ratio;
    const canvas = document.createElement('canvas');
    canvas.width = source.width;
    canvas.height = source.height + head;
    const context = canvas.getContext('2d');
    if (context === null) return undefined;
    context.fillStyle = theme.panel;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(source, 0, head);
    context.scale(ratio, ratio);
    context.fillStyle = theme.ink;
    context.font = theme.font.replace('11px', '600 13px');
    context.fillText(this.#data.title, 10, 18);
    context.font = theme.font;
    let left = 10;
    for (const { label, colour, dash } of this.#data.series) {
      context.strokeStyle = curveColour(theme, colour);
      context.lineWidth = 2;
      context.setLineDash([...(dash ?? [])]);
      context.beginPath();
      context.moveTo(left, 32);
      context.lineTo(left + 20, 32);
      context.stroke();
      context.fillText(label, left + 25, 36);
      left += 45 + context.measureText(label).width;
    }
    return canvas;
  }

  destroy(): void {
    forgetDrawing(this);
    this.#observer.disconnect();
    this.#plot?.destroy();
  }

  #soon(): void {
    drawSoon(this, () => {
      this.#draw();
    });
  }

  #draw(): void {
    const { clientWidth: width, clientHeight: height } = this.#parent;
    if (width === 0 || height === 0) return;
    const data = this.#data;
    const shape = JSON.stringify([
      data.log,
      this.#hasFirm(),
      data.series.map(({ label, colour, dash, thin }) => [label, colour, dash, thin]),
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
      plot.setScale('x', { min: range.from, max: range.to });
    });
  }

  /** Whether a curve of whole epochs has two points yet. */
  #hasFirm(): boolean {
    return this.#data.series.some(
      ({ thin, values }) => thin !== true && values.filter((value) => value !== null).length > 1,
    );
  }

  #points(range: Range): uPlot.AlignedData {
    const { x, series, log } = this.#data;
    const from = Math.max(0, x.findIndex((value) => value >= range.from) - 1);
    const after = x.findIndex((value) => value > range.to);
    const to = after < 0 ? x.length : after + 1;
    const window = x.slice(from, to);
    const values = series.map((curve) =>
      curve.values
        .slice(from, to)
        .map((value) => (value === null || !Number.isFinite(value) || (log === true && value <= 0) ? null : value)),
    );
    const keep = decimate(window, values, drawnPoints);
    this.#plotted = window.filter((value) => Number.isInteger(value)).length;
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
          ...series.map(({ label, colour, dash, thin }) => ({
            label,
            stroke: curveColour(theme, colour),
            width: thin === true ? 1 : 1.75,
            ...(dash === undefined ? {} : { dash: [...dash] }),
            // The live objective may jump or fall below zero: the curves of whole epochs decide what is in view.
            auto: thin !== true || !hasFirm,
            spanGaps: true,
            points: { show: () => thin !== true && this.#plotted < 40, size: 4, fill: curveColour(theme, colour) },
          })),
        ],
        axes: [
          {
            ...axis,
            size: 26,
            space: 60,
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
        cursor: {
          points: { size: 6 },
          drag: { x: true, y: false, setScale: false },
          bind: { dblclick: () => null },
        },
        hooks: {
          setCursor: [
            (plot) => {
              const { left } = plot.cursor;
              if (!plot.over.matches(':hover')) return;
              this.#hover = left === undefined || left < 0 ? undefined : plot.posToVal(left, 'x');
              this.#events.hover(this.#hover);
            },
          ],
          setSelect: [
            (plot) => {
              const { left, width: selected } = plot.select;
              if (selected < 4) return;
              this.#events.zoom({ from: plot.posToVal(left, 'x'), to: plot.posToVal(left + selected, 'x') });
              plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
            },
          ],
          drawAxes: [
            (plot) => {
              if (this.#data.zeroLine === true) drawZero(plot, theme);
            },
          ],
          draw: [
            (plot) => {
              drawMarks(plot, this.#data.marks, theme);
            },
          ],
          ready: [
            (plot) => {
              listenToPointer(plot.over, {
                ...this.#events,
                range: () => this.#range ?? this.#whole,
                whole: () => this.#whole,
                epochAt: (pixels) => plot.posToVal(pixels, 'x'),
              });
            },
          ],
        },
      },
      [[], ...series.map(() => [])],
      this.#parent,
    );
  }
}
