import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import tseslint from 'typescript-eslint';
import svelteConfig from '../renderer/svelte.config.js';

/**
 * Allowed imports. Data flows one way through the folders of native/ (file, table, split, network and
 * constraint, training, run folder, evidence, export); a folder may import those listed beside it and itself.
 * @type {Record<string, string[]>}
 */
const nativeFolders = {
  base: [],
  contract: ['base'],
  system: [],
  tensorflow: ['system', 'contract'],
  data: ['base', 'system', 'contract'],
  network: ['base', 'system', 'contract'],
  constraints: ['base', 'system', 'contract', 'network'],
  compile: ['system', 'contract', 'tensorflow'],
  training: ['base', 'system', 'contract', 'tensorflow', 'data', 'network', 'constraints', 'compile', 'runs'],
  evidence: ['base', 'system', 'contract', 'network'],
  export: ['base', 'system', 'contract', 'data', 'network', 'runs'],
  runs: ['base', 'system', 'contract'],
  engine: [
    'base',
    'system',
    'contract',
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
  // The command line is a client of the engine process: it uses the contract only.
  cli: ['base', 'system', 'contract'],
};

/**
 * Packages that a folder must not import, as the rest of a regular expression.
 * @type {Record<string, string>}
 */
const foreignPackages = { contract: '|^(?!zod$|\\.)', base: '|^(?!\\.)', system: '|^(?!node:|\\.)' };

const topFolders = ['renderer', 'electron', 'native', 'build', 'e2e'];

/**
 * Forbids files the relative imports that match `regex`, with the reason.
 * @param {string} folder Folder or a pattern of files.
 * @param {string} regex
 * @param {string} message
 * @returns {import('eslint').Linter.Config}
 */
const forbid = (folder, regex, message) => ({
  files: [folder.includes('*') ? folder : `${folder}/**/*.{ts,mjs,svelte}`],
  rules: { 'no-restricted-imports': ['error', { patterns: [{ regex, message }] }] },
});

/**
 * Matches relative imports of the other top folders.
 * @param {string} folder
 * @param {string[]} [except] Beginnings of paths that may be imported.
 */
const outside = (folder, except = []) => {
  const others = topFolders.filter((other) => other !== folder).join('|');
  return `^(?:\\.\\./)+(?!${except.join('|') || '$'})(?:${others})/`;
};

const ofBuild = [
  'native/system/',
  'native/tensorflow/',
  'electron/browser/port.mjs',
  'e2e/hostProcesses.ts',
  'e2e/chromium.ts',
];

const arrows = [
  forbid(
    'renderer',
    outside('renderer', ['native/contract/', 'native/base/']),
    'renderer/ imports native/contract and native/base, and nothing else outside itself.',
  ),
  forbid(
    'electron',
    outside('electron', ['native/contract/', 'native/system/']),
    'electron/ imports native/contract and native/system, and starts the engine by its entry file.',
  ),
  forbid(
    'build',
    outside('build', [...ofBuild, 'renderer/svelte.config.js']),
    `build/ imports ${ofBuild.join(', ')}; its benches also what they measure.`,
  ),
  forbid(
    'build/bench',
    outside('build', [
      ...ofBuild,
      ...['base', 'cli', 'compile', 'contract', 'data', 'export', 'training'].map((name) => `native/${name}/`),
      'e2e/',
    ]),
    'build/bench/ drives the application as e2e/ does, and imports the parts of native/ that it measures.',
  ),
  ...Object.entries(nativeFolders).map(([folder, allowed]) => {
    const others = Object.keys(nativeFolders).filter((other) => other !== folder && !allowed.includes(other));
    const list = allowed.map((name) => `${name}/`).join(', ');
    return forbid(
      `native/${folder}`,
      `^\\.\\./(?:\\.\\./)*(?:native/)?(?:${others.join('|')})/|${outside('native')}${foreignPackages[folder] ?? ''}`,
      `native/${folder}/ may import ${list || { system: "only Node's own modules" }[folder] || 'nothing'}${folder === 'contract' ? ' and zod' : ''}: see nativeFolders in build/eslint.config.mjs.`,
    );
  }),
  // Within renderer/ a folder imports itself and those listed beside it; in charts/ only components import the state.
  ...Object.entries(
    /** @type {Record<string, string[]>} */ ({
      logic: [],
      components: ['logic'],
      state: ['logic'],
      charts: ['logic'],
      'charts/**/*.svelte': ['logic', 'components', 'state'],
      screens: ['logic', 'components', 'state', 'charts'],
    }),
  ).map(([files, allowed]) => {
    const others = ['logic', 'components', 'state', 'charts', 'screens', 'frame'].filter(
      (other) => !files.startsWith(other) && !allowed.includes(other),
    );
    return forbid(
      `renderer/${files}`,
      `^(?:\\.\\./)+(?:${others.join('|')})/|${outside('renderer', ['native/contract/', 'native/base/'])}`,
      `renderer/${files} may import ${allowed.map((name) => `${name}/`).join(', ') || 'nothing else of renderer/'}.`,
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
      // The state classes use plain Map and Set only for values that no component reads.
      'svelte/prefer-svelte-reactivity': 'off',
      // The compiler and svelte-check know the names of a component's scope; this rule does not.
      'no-undef': 'off',
    },
  },
  {
    // This parser sees imported components as `any`; svelte-check has their types and checks every use.
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
    // Tests and their helpers may use any part as a source of truth.
    files: ['**/*.test.ts', '**/testing/**'],
    rules: { 'no-restricted-imports': 'off', '@typescript-eslint/no-non-null-assertion': 'off' },
  },
);
