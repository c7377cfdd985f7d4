/** Numbers as text: for programs with an ASCII minus sign and without thousands separators; `readable` for the user. */

/** A number with this many significant digits. */
export const figure = (value: number, digits = 4): string => String(Number(value.toPrecision(digits)));

/** The largest number with this many significant digits that is not above `value`: a lower bound stays a lower bound. */
export function figureBelow(value: number, digits = 4): string {
  const nearest = Number(value.toPrecision(digits));
  if (nearest <= value) return String(nearest);
  const unit = 10 ** (Math.floor(Math.log10(Math.abs(value))) - digits + 1);
  return figure(nearest - unit, digits);
}

/** The smallest number with four significant digits that is not below `value`: an upper bound stays an upper bound. */
export const figureAbove = (value: number): string => String(-Number(figureBelow(-value)));

/** A share with as many decimals as it needs: "90 %", "99.5 %". */
export const percentage = (share: number): string => `${figure(100 * share)} %`;

/** A number or its text for the user, in the window and in sentences: thousands separators and a true minus sign. */
export function readable(value: number | string): string {
  const [integer = '', ...fraction] = String(value).replace('e+', 'e').split('.');
  const grouped = integer.replaceAll(/\d(?=(?:\d{3})+$)/g, '$&,');
  return [grouped, ...fraction].join('.').replaceAll('-', '−');
}

/** A size in memory: "1.5 GiB". */
export const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;

/** A size of a file in decimal units with three significant digits, as file managers show it: "1.23 MB". */
export function decimalBytes(bytes: number, one = 'B'): string {
  const units = [one, 'kB', 'MB', 'GB', 'TB'];
  const rounded = Number(bytes.toPrecision(3));
  const power = rounded < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(rounded) / 3));
  return `${figure(rounded / 1000 ** power, 3)} ${units[power] ?? ''}`;
}
