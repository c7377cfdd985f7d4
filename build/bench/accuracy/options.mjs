import { readOptions } from '../options.mjs';

const usage =
  'npm run bench:accuracy -- [--folder FOLDER] [--only TEXT,...] [--methods all|ID,...] [--json FILE] [--quick]';

/** The options on the command line; see benchAccuracy.mjs. */
export const options = readOptions(usage, {
  folder: { type: 'string' },
  only: { type: 'string', default: '' },
  methods: { type: 'string' },
  json: { type: 'string' },
  quick: { type: 'boolean', default: false },
});
