import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import tseslint from 'typescript-eslint';
import svelteConfig from '../renderer/svelte.config.js';

/**
 * Who may import whom. Data flows one way through the folders of native/ (file, table, split, network and
 * constraint, training, run folder, evidence, export); a folder may import those listed beside it and itself.
 * @type {Record<string, string[]>}
 */
const nativeFolders = {
  base: [],
  contract: [],
  files: ['contract'],
  tensorflow: ['contract'],
  data: ['base', 'contract', 'files'],
  network: ['base', 'contract', 'files'],
  constraints: ['base', 'contract', 'network'],
  compile: ['contract', 'tensorflow'],
  training: ['base', 'contract', 'files', 'tensorflow', 'data', 'network', 'constraints', 'compile', 'runs'],
  evidence: ['contract', 'network'],
  export: ['base', 'contract', 'files', 'data', 'network', 'runs'],
  runs: ['base', 'contract', 'files'],
  engine: [
    'base',
    'contract',
    'files',
    'tensorflow',
    'data',
    'network',
    'constraints',
    'compile',
    'training',
    'evidence',
    'export',
    'runs',
  ],
  // The command line is a client of the engine process: it speaks the contract and reaches around nothing. The documents
  // it writes itself are written as all files are.
  cli: ['base', 'contract', 'files'],
};

const topFolders = ['renderer', 'electron', 'native', 'build', 'e2e'];

/**
 * Forbids relative imports that match `regex`, with the reason.
 * @param {string[]} files
 * @param {string} regex
 * @param {string} message
 * @returns {import('eslint').Linter.Config}
 */
const forbid = (files, regex, message) => ({
  files,
  rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: [{ regex, message }] }] },
});

/**
 * Matches relative imports of the other top folders.
 * @param {string} folder
 * @param {string} [except]
 */
const outside = (folder, except = '') =>
  `^(?:\\.\\./)+(?:${topFolders.filter((other) => other !== folder).join('|')})/${except}`;

const arrows = [
  forbid(
    ['renderer/**/*.{ts,svelte}'],
    outside('renderer', '(?!(?<=native/)(?:contract|base)/)'),
    'renderer/ imports native/contract and native/base, and nothing else outside itself.',
  ),
  forbid(
    ['electron/**/*.ts'],
    outside('electron', '(?!(?<=native/)contract/)'),
    'electron/ imports native/contract and starts the engine by its entry file.',
  ),
  ...Object.entries(nativeFolders).map(([folder, allowed]) => {
    const others = Object.keys(nativeFolders).filter((other) => other !== folder && !allowed.includes(other));
    const packages = { contract: '|^(?!zod$|\\.)', base: '|^(?!\\.)' }[folder] ?? '';
    return forbid(
      [`native/${folder}/**/*.ts`],
      `^\\.\\./(?:\\.\\./)*(?:native/)?(?:${others.join('|')})/|${outside('native')}${packages}`,
      `native/${folder}/ may import ${allowed.map((name) => `${name}/`).join(', ') || (folder === 'contract' ? 'only zod' : 'nothing')}: see nativeFolders in build/eslint.config.mjs.`,
    );
  }),
];

export default tseslint.config(
  { ignores: ['node_modules/', '.dist/', '.cache/', 'runs/', '**/generated/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts', '**/*.svelte'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: {
        projectService: true,
        extraFileExtensions: ['.svelte'],
        tsconfigRootDir: `${import.meta.dirname}/..`,
      },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
    },
  },
  {
    files: ['renderer/**/*.svelte', 'renderer/**/*.svelte.ts'],
    extends: [svelte.configs.recommended, svelte.configs.prettier],
    languageOptions: { parserOptions: { parser: tseslint.parser, svelteConfig } },
    rules: {
      'svelte/no-at-html-tags': 'error',
      'no-restricted-syntax': [
        'error',
        {
          selector: 'SvelteAttribute[key.name="style"]',
          message: 'The content policy forbids style attributes; use a class, or a style: directive.',
        },
      ],
      'svelte/no-target-blank': 'error',
      // The state classes keep Map and Set only for what no component reads.
      'svelte/prefer-svelte-reactivity': 'off',
      // The compiler and svelte-check know the names of a component's scope; this rule does not.
      'no-undef': 'off',
    },
  },
  {
    // Of an imported component this parser sees only `any`; svelte-check knows its types and checks every use.
    files: ['renderer/**/*.svelte'],
    rules: Object.fromEntries(
      ['assignment', 'return', 'argument', 'call', 'member-access'].map((what) => [
        `@typescript-eslint/no-unsafe-${what}`,
        'off',
      ]),
    ),
  },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        Buffer: 'readonly',
      },
    },
  },
  ...arrows,
  {
    // Tests stand beside what they test and may use any part as a source of truth.
    files: ['**/*.test.ts', 'renderer/testing/**'],
    rules: { '@typescript-eslint/no-restricted-imports': 'off', '@typescript-eslint/no-non-null-assertion': 'off' },
  },
);
