import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Each native dependency has one home, so that replacing it touches one folder, or one file. */
const homes = [
  {
    name: 'onnxruntime-node',
    home: 'lib/inference',
    message: 'ONNX Runtime is imported in lib/inference only.',
  },
  { name: 'sharp', home: 'lib/image', message: 'sharp is imported in lib/image only.' },
  { name: '@napi-rs/canvas', home: 'lib/image', message: 'canvas is imported in lib/image only.' },
  ...['@photostructure/sqlite', 'node:sqlite'].map((name) => ({
    name,
    home: 'lib/gallery/stores/sqlite/binding.ts',
    message: 'SQLite is imported in lib/gallery/stores/sqlite/binding.ts only.',
  })),
];
const hostFree = {
  group: ['node-red', '@node-red/*', '**/nodes/**'],
  message: 'lib/ does not know that Node-RED exists.',
};
/** @param folder or one file */
const restrict = (folder) => ({
  files: [folder.endsWith('.ts') ? folder : `${folder}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        paths: homes.filter(({ home }) => home !== folder).map(({ name, message }) => ({ name, message })),
        patterns: folder.startsWith('lib') ? [hostFree] : [],
      },
    ],
  },
});

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.demo/', '.cache/', 'models/', 'kernels/', '**/*.mjs'] },
  eslint.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // Hot loops over typed arrays index within bounds that the loop itself states.
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  ...[
    'lib',
    'nodes',
    ...['image', 'inference', 'gallery', 'geometry', 'mtcnn', 'arcface', 'preprocess', 'video'].map(
      (name) => `lib/${name}`,
    ),
    'lib/gallery/stores/sqlite/binding.ts',
  ].map(restrict),
);
