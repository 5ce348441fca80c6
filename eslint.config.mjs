import markdown from '@eslint/markdown';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import words from './eslint.words.mjs';

export default defineConfig(
  { ignores: ['node_modules/', 'dist/', 'cdktf.out/', '.gen/', '.kite/', '.aws-data/', 'coverage/'] },
  {
    files: ['**/*.{js,cjs,mjs,ts}'],
    extends: [tseslint.configs.recommended],
  },
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: false } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: ['error', 'always'],
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message:
            'The environment is read in settings.ts (the project) and lambdas/adapters/environment.ts (the functions) only.',
        },
      ],
    },
  },
  {
    // The readers of the environment (an emulator by itself searches the PATH), and the tests, which set it for processes.
    files: ['settings.ts', 'lambdas/adapters/environment.ts', 'emulators/aws/main.ts', '__tests__/**/*.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    files: ['__tests__/**/*.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  { files: ['**/*.cjs', 'jest.config.js'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
  {
    files: ['**/*.md'],
    plugins: { markdown },
    extends: ['markdown/recommended'],
    language: 'markdown/gfm',
  },
  {
    files: ['**/*.{js,cjs,mjs,ts,md}'],
    ignores: ['eslint.words.mjs'],
    plugins: { words },
    rules: { 'words/plain': 'error' },
  },
);
