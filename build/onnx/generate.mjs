// Makes native/export/generated/ from onnx.proto with buf and protoc-gen-es. Run by hand when either changes:
//
//     node build/onnx/generate.mjs
//
// The result is committed, so the two generators are not dependencies of the project: npm fetches them for this one
// call. protoc-gen-es declares Node 22; on Node 20 npm warns and it makes the same files.
import { execFileSync } from 'node:child_process';
import path from 'node:path';

const here = import.meta.dirname;
const output = path.join(here, '../../native/export/generated');

const packages = ['@bufbuild/buf@1.75.0', '@bufbuild/protoc-gen-es@2.17.0'];

/**
 * JavaScript with declarations, not TypeScript: TypeScript's enums are not erasable syntax.
 */
const template = JSON.stringify({
  version: 'v2',
  plugins: [{ local: 'protoc-gen-es', out: output, opt: ['target=js+dts', 'import_extension=js'] }],
});

execFileSync(
  'npm',
  [
    'exec',
    '--yes',
    ...packages.map((name) => `--package=${name}`),
    '--',
    'buf',
    'generate',
    here,
    '--template',
    template,
  ],
  { stdio: 'inherit', shell: process.platform === 'win32' },
);
