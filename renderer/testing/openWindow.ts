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
  /** The current configuration, by default that of the diamonds; null for an empty window. */
  configuration?: RunConfiguration | null;
  /** The shown run. */
  shown?: string;
  /** Answers of the host that differ from the default. */
  answers?: Answers;
}

/** A bridge like Electron's, which reports the path of a dropped file. */
const bridge: WindowBridge = {
  send: () => undefined,
  onMessage: () => () => undefined,
  pathOfFile: (file) => `/dropped/${file.name}`,
};

/** Opens the whole window on a fake host, with a restored draft. */
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
