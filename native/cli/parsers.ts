import { InvalidArgumentError, Option } from 'commander';
import { didYouMean } from '../base/nearest.ts';

/** Commander's argument parsers; commander reports a wrong value with the option's name. */

export function wholeNumber(text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(number)) throw new InvalidArgumentError('Expected a whole number.');
  return number;
}

export function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('Expected a number.');
  return value;
}

/** A file or folder. An empty text, as from an unset variable of a script, would mean the current folder. */
export function place(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('Expected a file or a folder; this is empty.');
  return text;
}

/** Names separated by commas; the option may be repeated. */
export function names(text: string, before: readonly string[] = []): string[] {
  const parts = text.split(',').map((name) => name.trim());
  if (parts.includes('')) throw new InvalidArgumentError('Expected names separated by commas.');
  return [...before, ...parts];
}

/** Whole numbers separated by commas; `none` means an empty list. */
export function sizes(text: string): number[] {
  return text.trim() === 'none' ? [] : text.split(',').map(wholeNumber);
}

/** A parser that also accepts `auto`. */
export const orAuto =
  <Value>(parser: (text: string) => Value) =>
  (text: string): Value | 'auto' =>
    text.trim() === 'auto' ? 'auto' : parser(text);

/** Collects the values of a repeated option. */
export const collect = (text: string, before: readonly string[] = []): string[] => [...before, text];

/** One of several words; the error suggests a similar one. */
export const oneOf =
  <Choice extends string>(choices: readonly Choice[]) =>
  (text: string): Choice => {
    const choice = choices.find((candidate) => candidate === text);
    if (choice !== undefined) return choice;
    throw new InvalidArgumentError(
      `There is no "${text}".${didYouMean(text, choices)} Choose one of ${choices.join(', ')}.`,
    );
  };

/** An option whose value is one of several words. */
export function choice(flags: string, description: string, choices: readonly string[]): Option {
  return new Option(flags, `${description}: ${choices.join(', ')}`).argParser(oneOf(choices));
}
