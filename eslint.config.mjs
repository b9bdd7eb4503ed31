import { readFileSync } from 'node:fs';
import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

/** The rooms of lib/ and whom each may know besides itself: docs/architecture.md has the picture. */
const ROOMS = JSON.parse(readFileSync(new URL('lib/rooms.json', import.meta.url), 'utf8'));

/** Each native dependency has one home, so that replacing it touches one folder. */
const HOMES = {
  'onnxruntime-node': ['inference'],
  sharp: ['image'],
  '@napi-rs/canvas': ['annotate'],
  'node:sqlite': ['gallery'],
  '@photostructure/sqlite': ['gallery'],
};

const hostFree = {
  group: ['node-red', '@node-red/*', '**/nodes/**'],
  message: 'lib/ does not know that Node-RED exists.',
};

function restrict(files, { paths = [], patterns = [] }) {
  return { files, rules: { 'no-restricted-imports': ['error', { paths, patterns }] } };
}

function strangersTo(room) {
  return Object.entries(HOMES)
    .filter(([, homes]) => !homes.includes(room))
    .map(([name, homes]) => ({ name, message: `${name} is imported in lib/${homes.join(', lib/')} only.` }));
}

function roomRules([room, known]) {
  const unknown = Object.keys(ROOMS).filter((other) => other !== room && !known.includes(other));
  return restrict([`lib/${room}/**/*.ts`], {
    paths: strangersTo(room),
    patterns: [
      hostFree,
      ...unknown.map((other) => ({
        regex: `^(\\.\\./)+${other}/`,
        message: `lib/${room} does not know lib/${other}.`,
      })),
    ],
  });
}

export default tseslint.config(
  {
    ignores: ['dist/', 'node_modules/', '.demo/', '.cache/', 'models/', 'kernels/', 'resources/', '**/*.mjs'],
  },
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
  restrict(['nodes/**/*.ts'], { paths: strangersTo('nodes') }),
  ...Object.entries(ROOMS).map(roomRules),
);
