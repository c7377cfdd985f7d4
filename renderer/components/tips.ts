import { Tooltip } from 'bits-ui';

/** Connects elements with a tip text to the window's single tip. */
export const tips = Tooltip.createTether<string>();
