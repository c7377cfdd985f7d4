import { drawQueue } from '../logic/frameQueue.ts';
import { chartTheme, onThemeChange, type ChartTheme } from './theme.ts';

/** A cleared canvas to draw on, in CSS pixels. */
export interface Surface {
  readonly context: CanvasRenderingContext2D;
  readonly width: number;
  readonly height: number;
  readonly theme: ChartTheme;
}

/**
 * A drawing that fills the parent of its canvas. It is queued for redrawing when the parent's size or the theme
 * changes. Its background is the panel's colour, or transparent if it lies over another drawing.
 */
export class CanvasDrawing<View> {
  readonly #canvas: HTMLCanvasElement;
  readonly #draw: (surface: Surface, view: View) => void;
  readonly #ground: 'panel' | 'none';
  readonly #observer: ResizeObserver;
  readonly #endTheme: () => void;
  #size = { width: 0, height: 0 };
  #view: View | undefined;

  constructor(
    canvas: HTMLCanvasElement,
    draw: (surface: Surface, view: View) => void,
    ground: 'panel' | 'none' = 'panel',
  ) {
    this.#canvas = canvas;
    this.#draw = draw;
    this.#ground = ground;
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

  /** The canvas with the drawing. */
  get picture(): HTMLCanvasElement {
    return this.#canvas;
  }

  destroy(): void {
    drawQueue.remove(this);
    this.#observer.disconnect();
    this.#endTheme();
  }

  #soon(): void {
    drawQueue.add(this, () => {
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
    // Setting the size clears a canvas and reallocates its memory.
    if (canvas.width !== pixelsWide || canvas.height !== pixelsHigh) {
      canvas.width = pixelsWide;
      canvas.height = pixelsHigh;
    }
    const theme = chartTheme();
    context.reset();
    context.scale(ratio, ratio);
    if (this.#ground === 'panel') {
      context.fillStyle = theme.panel;
      context.fillRect(0, 0, width, height);
    }
    this.#draw({ context, width, height, theme }, this.#view);
  }
}

/** Combines two drawings: the second covers the right end of the first. */
export function joined(under: HTMLCanvasElement, atRight: HTMLCanvasElement): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = under.width;
  canvas.height = under.height;
  const context = canvas.getContext('2d');
  context?.drawImage(under, 0, 0);
  context?.drawImage(atRight, under.width - atRight.width, 0);
  return canvas;
}

export function line(context: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
}
