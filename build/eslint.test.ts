import { ESLint } from 'eslint';
import path from 'node:path';
import { expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');
const eslint = new ESLint({
  cwd: root,
  overrideConfigFile: path.join(root, 'build/eslint.config.mjs'),
  // The files of this test do not exist, so there is no type information; the rule needs none.
  overrideConfig: { languageOptions: { parserOptions: { projectService: false } } },
  ruleFilter: ({ ruleId }) => ruleId === 'no-restricted-imports',
});

/** Messages for a file that imports `from`; empty if it may. */
async function verdict(filePath: string, from: string): Promise<string[]> {
  const code = `import { x } from '${from}'; x();\n`;
  const source = filePath.endsWith('.svelte') ? `<script lang="ts">${code}</script>\n` : code;
  const [result] = await eslint.lintText(source, { filePath: path.join(root, filePath) });
  return result?.messages.map(({ ruleId, message }) => `${ruleId ?? 'syntax'}: ${message}`) ?? ['not looked at'];
}

/** Folders of native/ in the order in which data flows through them. */
const engineFolders = [
  ...['tensorflow', 'data', 'network', 'constraints', 'compile', 'training'],
  ...['evidence', 'export', 'runs', 'engine', 'cli'],
];

test.each([
  ['renderer/x.ts', '../native/system/files.mjs'],
  ['renderer/x.svelte', '../native/training/trainer.ts'],
  ['renderer/state/x.ts', '../../electron/services/host.ts'],
  ['renderer/x.mjs', '../build/setup.mjs'],
  ['electron/x.ts', '../native/training/trainer.ts'],
  ['electron/services/x.mjs', '../../native/tensorflow/plan.mjs'],
  ['electron/x.ts', '../native/base/random.ts'],
  ['electron/x.ts', '../renderer/logic/x.ts'],
  ['electron/x.ts', '../build/setup.mjs'],
  ['build/x.mjs', '../native/training/trainer.ts'],
  ['build/setup/x.mjs', '../../native/contract/errors.ts'],
  ['build/x.ts', '../electron/services/host.ts'],
  ['build/x.mjs', '../renderer/logic/x.ts'],
  ['build/x.mjs', '../e2e/fixtures.ts'],
  ['build/bench/x.mjs', '../../native/engine/trainJob.ts'],
  ['build/bench/window/x.ts', '../../../electron/services/host.ts'],
  ['build/bench/x.mjs', '../../renderer/logic/x.ts'],
  ['native/contract/x.ts', '../system/files.mjs'],
  ['native/contract/x.ts', 'node:fs'],
  ['native/base/x.ts', '../system/files.mjs'],
  ['native/base/x.ts', 'zod'],
  ['native/system/x.mjs', '../contract/errors.ts'],
  ['native/system/x.mjs', '../base/csv.ts'],
  ['native/system/x.mjs', 'zod'],
  ['native/system/x.mjs', '../../build/setup.mjs'],
  ['native/tensorflow/x.mjs', '../data/table.ts'],
  ['native/tensorflow/x.mjs', '../training/trainer.ts'],
  ['native/data/x.ts', '../network/layers.ts'],
  ['native/data/text/x.ts', '../../runs/folder.ts'],
  ['native/network/x.ts', '../constraints/method.ts'],
  ['native/constraints/x.ts', '../training/trainer.ts'],
  ['native/compile/x.ts', '../training/trainer.ts'],
  ['native/training/x.ts', '../engine/main.ts'],
  ['native/evidence/x.ts', '../training/trainer.ts'],
  ['native/export/x.ts', '../training/trainer.ts'],
  ['native/runs/x.ts', '../training/trainer.ts'],
  ['native/cli/x.ts', '../training/trainer.ts'],
  ['native/cli/commands/x.ts', '../../runs/folder.ts'],
  ...engineFolders.map((folder) => [`native/${folder}/x.ts`, '../../electron/services/host.ts']),
  ...engineFolders.map((folder) => [`native/${folder}/x.mjs`, '../../build/setup.mjs']),
])('%s may not import %s', async (file = '', from = '') => {
  expect(await verdict(file, from)).toEqual([expect.stringMatching(/^no-restricted-imports: .*\bimports? /) as string]);
});

test.each([
  ['renderer/x.svelte', '../native/contract/errors.ts'],
  ['renderer/x.ts', '../native/base/csvField.ts'],
  ['electron/x.ts', '../native/contract/errors.ts'],
  ['electron/x.mjs', '../native/system/files.mjs'],
  ['build/x.mjs', '../native/system/lock.mjs'],
  ['build/setup/x.mjs', '../../native/tensorflow/plan.mjs'],
  ['build/bench/x.ts', '../../native/training/parts.ts'],
  ['native/contract/x.ts', 'zod'],
  ['native/system/x.mjs', 'node:fs'],
  ['native/system/x.mjs', './files.mjs'],
  ...engineFolders.map((folder) => [`native/${folder}/x.ts`, '../system/files.mjs']),
])('%s may import %s', async (file = '', from = '') => {
  expect(await verdict(file, from)).toEqual([]);
});
