import { Tooltip } from 'bits-ui';

/** Ties what has a tip to the one tip of the window, whose text it gives. */
export const tips = Tooltip.createTether<string>();
