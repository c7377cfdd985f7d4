import { drawing } from '../logic/turns.ts';
import { chartTheme, onThemeChange, type ChartTheme } from './theme.ts';

/** Where a drawing goes: CSS pixels, cleared to the panel's colour. */
export interface Surface {
  readonly context: CanvasRenderingContext2D;
  readonly width: number;
  readonly height: number;
  readonly theme: ChartTheme;
}

/** A drawing that fills the parent of its canvas: drawn anew, in its turn, when that changes size or the theme changes. */
export class CanvasDrawing<View> {
  readonly #canvas: HTMLCanvasElement;
  readonly #draw: (surface: Surface, view: View) => void;
  readonly #observer: ResizeObserver;
  readonly #endTheme: () => void;
  #size = { width: 0, height: 0 };
  #view: View | undefined;

  constructor(canvas: HTMLCanvasElement, draw: (surface: Surface, view: View) => void) {
    this.#canvas = canvas;
    this.#draw = draw;
    this.#observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) this.#size = entry.contentRect;
      this.#soon();
    });
    if (canvas.parentElement !== null) this.#observer.observe(canvas.parentElement);
    this.#endTheme = onThemeChange(() => {
      this.#soon();
    });
  }

  show(view: View): void {
    this.#view = view;
    this.#soon();
  }

  /** The canvas with what is drawn on it. */
  get picture(): HTMLCanvasElement {
    return this.#canvas;
  }

  destroy(): void {
    drawing.forget(this);
    this.#observer.disconnect();
    this.#endTheme();
  }

  #soon(): void {
    drawing.ask(this, () => {
      this.#drawNow();
    });
  }

  #drawNow(): void {
    const canvas = this.#canvas;
    const { width, height } = this.#size;
    const context = canvas.getContext('2d');
    if (context === null || this.#view === undefined || width === 0 || height === 0) return;
    const ratio = devicePixelRatio;
    const [pixelsWide, pixelsHigh] = [Math.round(width * ratio), Math.round(height * ratio)];
    // Setting its size empties a canvas, and gives up its memory.
    if (canvas.width !== pixelsWide || canvas.height !== pixelsHigh) {
      canvas.width = pixelsWide;
      canvas.height = pixelsHigh;
    }
    const theme = chartTheme();
    context.reset();
    context.scale(ratio, ratio);
    context.fillStyle = theme.panel;
    context.fillRect(0, 0, width, height);
    this.#draw({ context, width, height, theme }, this.#view);
  }
}

export function line(context: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
}
