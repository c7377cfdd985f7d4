import { render } from 'vitest-browser-svelte';
import { describeMethods } from '../../native/constraints/registry.ts';
import type { RunConfiguration } from '../../native/contract/configuration.ts';
import type { WindowBridge } from '../../native/contract/window.ts';
import Root from '../Root.svelte';
import type { Page } from '../logic/steps.ts';
import { ConfigurationDocument } from '../state/configuration.svelte.ts';
import {
  fakeConfiguration,
  fakeDoctor,
  fakeHistogram,
  fakeInspection,
  fakePreparation,
  fakeRows,
  fakeSamples,
} from './fakeData.ts';
import { testedApp, type Answers } from './testedApp.ts';

interface Situation {
  page?: Page;
  /** The configuration in work: of the diamonds, where nothing else is said; null: none yet. */
  configuration?: RunConfiguration | null;
  /** The run that is looked at. */
  shown?: string;
  /** What the host answers otherwise than the usual. */
  answers?: Answers;
}

/** A host with files of its own, as Electron's is: it answers where a file lies that was chosen or dropped. */
const bridge: WindowBridge = {
  send: () => undefined,
  onMessage: () => () => undefined,
  pathOfFile: (file) => `/dropped/${file.name}`,
};

/** The whole window on a made-up host, as it stands when somebody comes back to it. */
export async function openWindow({ page, configuration, shown, answers = {} }: Situation = {}) {
  const document = new ConfigurationDocument();
  const current = configuration === undefined ? fakeConfiguration('diamonds') : configuration;
  if (current !== null) document.replace('open', current);
  const inspection = fakeInspection('diamonds');
  const host = await testedApp(
    {
      loadDraft: () => (current === null ? {} : { draft: { document: document.draft(), page, shown } }),
      methods: describeMethods,
      samples: fakeSamples,
      sampleConfiguration: ({ id }) => fakeConfiguration(id),
      doctor: fakeDoctor,
      inspect: () => inspection,
      rows: ({ offset, limit }) => fakeRows(inspection, offset, limit),
      histogram: ({ column }) => fakeHistogram(column),
      prepare: () => fakePreparation(inspection),
      ...answers,
    },
    bridge,
  );
  if (current === null && page !== undefined) host.app.go(page);
  const screen = await render(Root, { app: host.app });
  screen.container.style.height = '100vh';
  return { ...host, ...screen };
}
