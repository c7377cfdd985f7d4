import type { Chosen } from './results.ts';

/** The choices for the settings that were `auto`: "method penalty, hidden 64,64, early stopping off"; empty without any. */
export const chosenText = (chosen: Chosen): string =>
  Object.entries(chosen)
    .map(([name, value]) => {
      const words = name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
      if (name === 'earlyStopping' && value === 0) return `${words} off`;
      return `${words} ${String(value) || 'none'}`;
    })
    .join(', ');
