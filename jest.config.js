const transform = {
  '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }],
  // grammY's build on the platform's own fetch (docs/adr/0010-grammy-web.md) is an ES module; jest requires everything.
  'grammy/out/web\\.mjs$': ['@swc/jest', { jsc: { target: 'es2022' }, module: { type: 'commonjs' } }],
};
const transformIgnorePatterns = ['/node_modules/(?!grammy/out/web\\.mjs$)'];

/** Unit and contract tests are seconds; `e2e` and `browser` are asked for by name and need more of the machine. */
module.exports = {
  projects: [
    {
      displayName: 'unit',
      transform,
      transformIgnorePatterns,
      testMatch: ['<rootDir>/__tests__/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/__tests__/e2e/', '<rootDir>/__tests__/browser/'],
      modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/cdktf.out/', '<rootDir>/.kite/'],
    },
    {
      displayName: 'e2e',
      transform,
      transformIgnorePatterns,
      testMatch: ['<rootDir>/__tests__/e2e/**/*.test.ts'],
      modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/cdktf.out/', '<rootDir>/.kite/'],
    },
    {
      displayName: 'browser',
      transform,
      transformIgnorePatterns,
      testMatch: ['<rootDir>/__tests__/browser/**/*.test.ts'],
      modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/cdktf.out/', '<rootDir>/.kite/'],
    },
  ],
};
