import { createRawSnippet } from 'svelte';
import { expect, test } from 'vitest';
import { render } from 'vitest-browser-svelte';
import type { ErrorCode } from '../../native/contract/errors.ts';
import Callout from './Callout.svelte';

test.each([
  ['error', 'alert', 'Error'],
  ['warning', 'note', 'Warning'],
  ['information', 'note', 'Note'],
] as const)('of the kind %s it is an %s, and shows it not only by colour', async (kind, role, name) => {
  const screen = await render(Callout, { kind, message: 'The file is gone.' });
  const notice = screen.getByRole(role);
  await expect.element(notice).toHaveTextContent('The file is gone.');
  await expect.element(notice.getByLabelText(name)).toBeVisible();
});

test('its actions are shown beside it', async () => {
  const actions = createRawSnippet(() => ({ render: () => '<button>Try again</button>' }));
  const screen = await render(Callout, { error: { code: 'file', message: 'It is not there.' }, actions });
  await expect.element(screen.getByRole('alert').getByRole('button', { name: 'Try again' })).toBeVisible();
});

test.each<[ErrorCode, boolean]>([
  ['internal', true],
  ['crashed', true],
  ['engine', true],
  ['data', false],
])('an error with the code %s offers technical details: %s', async (code, offered) => {
  const screen = await render(Callout, { error: { code, message: 'No.', stack: 'at trainer.ts:7' } });
  const summary = screen.getByText('Technical details');
  if (!offered) {
    await expect.element(summary).not.toBeInTheDocument();
    return;
  }
  await expect.element(screen.getByText('at trainer.ts:7')).not.toBeVisible();
  await summary.click();
  await expect.element(screen.getByText('at trainer.ts:7')).toBeVisible();
});
