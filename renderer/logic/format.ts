import { decimalBytes, figure, readable } from '../../native/base/figures.ts';

/** Formats of numbers, shares, times and sizes in the window. */

const whole = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });

/** A whole number with commas between thousands: 10,000. */
export const formatCount = (value: number): string => whole.format(value);

/** A number with an exponent and this many significant digits: 1.235e−6. */
export const formatExponential = (value: number, digits = 4): string =>
  value
    .toExponential(Math.max(0, digits - 1))
    .replace(/\.?0+e/, 'e')
    .replace('e+', 'e')
    .replaceAll('-', '−');

/**
 * A value from the data, without commas, since it may be a year or an identifier. At most `digits` significant digits,
 * exponents only for very large and very small values, a true minus sign. NaN and infinities are written as words.
 */
export function formatRead(value: number, digits = 4): string {
  if (Number.isNaN(value)) return 'not a number';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (value === 0) return '0';
  const size = Math.abs(value);
  let text: string;
  if (size >= 1e7 || size < 1e-4) return formatExponential(value, digits);
  if (size >= 10 ** digits) text = String(Math.round(value));
  else text = figure(value, digits);
  return text.replaceAll('-', '−');
}

/** A computed value: like one from the data, with commas between thousands: 1,235. */
export const formatNumber = (value: number, digits = 4): string => readable(formatRead(value, digits));

/** Format for values computed from a column with this range: years have no commas. */
export const formatOf = (low = 0, high = 0): typeof formatNumber =>
  low >= 1500 && high <= 2200 ? formatRead : formatNumber;

/** A share from 0 to 1 as a percentage; only 0 and 1 become 0 % and 100 %. */
export function formatShare(share: number): string {
  if (Number.isNaN(share)) return 'not a number';
  const percent = share * 100;
  if (percent === 0) return '0 %';
  if (percent < 0.01) return '< 0.01 %';
  if (percent > 99.99 && percent < 100) return '> 99.99 %';
  return `${percent < 10 ? Number(percent.toFixed(2)) : Number(percent.toFixed(1))} %`;
}

/** Seconds as "0.4 s", "12 s", "3 min 05 s" or "2 h 10 min". */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'unknown';
  if (seconds < 10) return `${Number(seconds.toFixed(1))} s`;
  const rounded = Math.round(seconds);
  if (rounded < 60) return `${rounded} s`;
  const pad = (value: number): string => String(value).padStart(2, '0');
  if (rounded < 3600) return `${Math.floor(rounded / 60)} min ${pad(rounded % 60)} s`;
  return `${Math.floor(rounded / 3600)} h ${pad(Math.floor((rounded % 3600) / 60))} min`;
}

export const formatBytes = (bytes: number): string => decimalBytes(bytes, 'bytes');

/** 12:04 for today, 21 Nov 12:04 for other days, with the year if it is not the current one. */
export function formatTime(iso: string, now = new Date()): string {
  const time = new Date(iso);
  const clock = time.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  if (time.toDateString() === now.toDateString()) return clock;
  const day = time.toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    ...(time.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' }),
  });
  return `${day} ${clock}`;
}

/** "1 row", "2 rows". */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`;
