// What the linter asks for: the rules of typescript-eslint, those of React's hooks, and the direction of imports.

import hooks from 'eslint-plugin-react-hooks';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import tseslint from 'typescript-eslint';

const root = dirname(fileURLToPath(import.meta.url));

/** Folders that each show something of their own. */
const VIEWS = ['panel', 'cells', 'runpage', 'compare'];

/** What is in folders, from the next one and from one that lies deeper. */
function within(folders) {
  return folders.flatMap(each => [`../${each}/*`, `../../${each}/*`]);
}

/** Files of the first may not import what the patterns name. */
function layer(files, group, message) {
  return {
    files,
    ignores: ['**/*.spec.*'],
    rules: { 'no-restricted-imports': ['error', { patterns: [{ group, message }] }] }
  };
}

export default tseslint.config(
  { ignores: ['lib', 'node_modules', 'style', 'src/schema.ts', '*.config.*', 'vitest.setup.ts'] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: { project: './tsconfig.eslint.json', tsconfigRootDir: root }
    },
    plugins: { 'react-hooks': hooks },
    rules: {
      ...hooks.configs.recommended.rules,
      'no-console': 'error',
      eqeqeq: 'error',
      '@typescript-eslint/no-namespace': 'off', // tokens of Jupyter are namespaces beside interfaces
      '@typescript-eslint/unbound-method': 'off', // signals are connected with `this`
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }]
    }
  },
  layer(
    ['src/model/**', 'src/client.ts', 'src/clock.ts', 'src/request.ts'],
    [
      'react',
      'react-dom',
      '@jupyterlab/*',
      '!@jupyterlab/services',
      '!@jupyterlab/coreutils',
      '../parts/*',
      '../lab/*',
      ...within([...VIEWS, 'graph'])
    ],
    'Models know nothing of how they are shown.'
  ),
  layer(
    ['src/parts/**', 'src/graph/**'],
    ['../lab/*', ...within(VIEWS)],
    'What views share knows none of them.'
  ),
  ...VIEWS.map(view =>
    layer(
      [`src/${view}/**`],
      within([...VIEWS.filter(each => each !== view), 'graph']),
      'Views reach one another by commands; what they share is in `parts`, and the graph is one piece.'
    )
  )
);
