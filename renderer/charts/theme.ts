import { Listeners } from '../logic/listeners.ts';

/** Token colours for a canvas, which cannot use custom properties. */

export interface ChartTheme {
  readonly ink: string;
  readonly faint: string;
  readonly line: string;
  readonly panel: string;
  readonly negative: string;
  readonly negativeWash: string;
  readonly accent: string;
  readonly good: string;
  readonly curves: readonly string[];
  readonly font: string;
  readonly titleFont: string;
}

const family = '"Inter Variable", system-ui, sans-serif';
const darkness = '(prefers-color-scheme: dark)';
let known: ChartTheme | undefined;
let watched = false;
const changed = new Listeners();

/** The colours of the system's current theme. */
export function chartTheme(): ChartTheme {
  if (known !== undefined) return known;
  const probe = document.createElement('span');
  // A transition, even a short one for reduced motion, would make a colour just set read as the previous one.
  probe.style.transitionProperty = 'none';
  document.body.append(probe);
  const colour = (token: string): string => {
    probe.style.color = `var(${token})`;
    return getComputedStyle(probe).color;
  };
  known = {
    ink: colour('--ink'),
    faint: colour('--ink-faint'),
    line: colour('--line'),
    panel: colour('--panel'),
    negative: colour('--negative'),
    negativeWash: colour('--negative-wash'),
    accent: colour('--accent'),
    good: colour('--good'),
    curves: [1, 2, 3, 4, 5, 6].map((number) => colour(`--curve-${number}`)),
    font: `11px ${family}`,
    titleFont: `600 13px ${family}`,
  };
  probe.remove();
  watchSystem();
  return known;
}

export const curveColour = (theme: ChartTheme, number: number): string =>
  theme.curves[(number - 1) % theme.curves.length] ?? theme.ink;

/** Calls `listener` when the system changes between light and dark. */
export function onThemeChange(listener: () => void): () => void {
  watchSystem();
  return changed.add(listener);
}

export const isDark = (): boolean => window.matchMedia(darkness).matches;

/** Clears the cached colours when the system's theme changes. */
function watchSystem(): void {
  if (watched) return;
  watched = true;
  window.matchMedia(darkness).addEventListener('change', () => {
    known = undefined;
    changed.call();
  });
}
