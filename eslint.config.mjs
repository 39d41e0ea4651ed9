import js from '@eslint/js';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/** The floors of the house, top first (ARCHITECTURE.md). A room imports only rooms below it. */
const floors = [
  ['extension.ts', 'cli.ts', 'index.ts', 'load.ts'],
  ['host', 'cli'],
  ['worker'],
  ['jobs'],
  ['studies'],
  ['train', 'loader'],
  ['compile'],
  ['quantize'],
  ['engine'],
  ['modelfile'],
  ['data'],
  ['runs'],
  ['protocol', 'math'],
];

const zones = floors.flatMap((rooms, floor) =>
  rooms.flatMap((room) => {
    const above = floors.slice(0, floor).flat();
    const beside = rooms.filter((other) => other !== room);
    return [...above, ...beside].map((from) => ({
      target: `./src/${room}`,
      from: `./src/${from}`,
      message: `${room} stands below or beside ${from}: see ARCHITECTURE.md, rooms and floors.`,
    }));
  }),
);

/** Rooms that pull in TensorFlow.js or compute; what runs inside the editor must not load them. */
const computing = ['worker', 'jobs', 'studies', 'engine', 'compile', 'train', 'quantize'];
const editorZones = ['./src/host', './src/extension.ts', './webview'].flatMap((target) =>
  computing.map((room) => ({
    target,
    from: `./src/${room}`,
    message: 'The editor never computes: start a job.',
  })),
);

const vscodeOnlyInHost = {
  'no-restricted-imports': [
    'error',
    { paths: [{ name: 'vscode', message: 'Only src/host knows VS Code.' }] },
  ],
};

export default tseslint.config(
  {
    ignores: [
      'src/quantize/kernels/assembly',
      'src/compile/graph/tensorflow_pb.ts',
      'dist',
      '.cache',
      'node_modules',
      'test-results',
      'demo-report',
      '.weightroom',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.ts', '**/*.mts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.json', './webview/tsconfig.json', './test/webview/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    plugins: { 'import-x': importX },
    settings: {
      'import-x/resolver-next': [
        createTypeScriptImportResolver({
          noWarnOnMultipleProjects: true,
          project: ['./tsconfig.json', './webview/tsconfig.json', './test/webview/tsconfig.json'],
        }),
      ],
    },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones: [...zones, ...editorZones] }],
      'import-x/no-cycle': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // `values[i]!` is how a typed array is read in a loop under noUncheckedIndexedAccess.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/dot-notation': ['error', { allowIndexSignaturePropertyAccess: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      eqeqeq: 'error',
    },
  },
  {
    files: ['src/**/*.ts', 'webview/**/*.ts', 'demo/**/*.ts', 'examples/**/*.ts'],
    ignores: ['src/host/**', 'src/extension.ts'],
    rules: vscodeOnlyInHost,
  },
  {
    files: ['examples/web/*.js'],
    languageOptions: {
      globals: { document: 'readonly', OffscreenCanvas: 'readonly', tf: 'readonly' },
    },
  },
  {
    files: ['typescript-plugin/*.js'],
    languageOptions: { globals: { require: 'readonly', module: 'writable', __dirname: 'readonly' } },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        URLSearchParams: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        fetch: 'readonly',
        Buffer: 'readonly',
        AbortSignal: 'readonly',
        performance: 'readonly',
      },
    },
  },
);
