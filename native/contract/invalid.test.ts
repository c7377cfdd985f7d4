import { expect, it } from 'vitest';
import { runConfigurationSchema } from './configuration.ts';
import { parseOrThrow } from './errors.ts';

const data = { source: { kind: 'sample', id: 'ink' } };
const refusal = (document: unknown): string => {
  try {
    parseOrThrow(runConfigurationSchema, document, 'This document');
  } catch (error) {
    return (error as Error).message;
  }
  return 'it was accepted';
};

it.each([
  [{ network: { hidden: '64' } }, '"data" is missing; "network.hidden" must be a list or "auto"'],
  [{ data, network: { hidden: [1.5] } }, '"network.hidden.0" must be a whole number'],
  [{ data, network: { hidden: [0] } }, '"network.hidden.0" must be at least 1'],
  [{ data, training: { epochs: null } }, '"training.epochs" must be a number or "auto"'],
  [{ data, training: { epochs: 0 } }, '"training.epochs" must be at least 1'],
  [{ data, training: { batchSize: null } }, '"training.batchSize" must be a number, not null'],
  [{ data, training: { loss: 'hinge' } }, /"training\.loss" must be one of "[a-z-]+", "/],
  [{ data, training: { optimizer: { id: 'adan' } } }, /"training\.optimizer\.id" must be one of .*"adam"/],
  [{ data, constraint: { epsilon: [1] } }, /"constraint\.epsilon" must be a number or a group of settings/],
  [{ data: { source: { kind: 'file' } } }, '"data.source.path" is missing'],
  [{ data, network: { hiden: [3] } }, 'there is no setting "network.hiden"'],
  ['text', 'it must be a group of settings, not a text'],
])('describes what is wrong, and where: %j', (document, words) => {
  const message = refusal(document);
  expect(message).toMatch(/^This document is not valid: .*\.$/);
  expect(message).toMatch(words);
  expect(message).not.toMatch(/Invalid|expected|received/);
});
