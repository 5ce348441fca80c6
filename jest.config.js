const transform = {
  '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }],
  // grammY's build on the platform's own fetch (docs/adr/0002-grammy-on-platform-fetch.md) is an ES module; jest requires everything.
  'grammy/out/web\\.mjs$': ['@swc/jest', { jsc: { target: 'es2022' }, module: { type: 'commonjs' } }],
};
const transformIgnorePatterns = ['/node_modules/(?!grammy/out/web\\.mjs$)'];

const moduleNameMapper = {
  '^\\.{1,2}/(private/|tokens/private/)?stack-trace$': '<rootDir>/__tests__/no-stack-trace.ts',
};

/** Tests of what runs on this machine only, with Docker (which needs root) or by a command that is typed. */
const LOCAL = ['local-stack', 'npm-run-sandbox'].map((name) => `<rootDir>/__tests__/e2e/${name}.test.ts`);

/** Tests that start or build whole programs: `npm start`, main.ts, the doctor, the bench, the functions, or Kite's own tools in a copy of it. */
const PROGRAMS = [
  'bench/(events|file-batch|queue-simulation)',
  'constructs/examples',
  'contract/npm-start',
  'emulators/programs',
  'lambdas/build/build',
  'local/start/(function-host|start)',
  'main',
  'readme/npm-start',
  'recipes/recipes',
  'lambdas/runtime/native-bootstrap',
  'operations/(cost/cost|doctor/command|synth/app)',
].map((name) => `/__tests__/${name}\\.test\\.ts$`);

/** Tests that end a function at every point, and those of hundreds of visitors. */
const LONG = [
  'chat/operator/(removal|large-jobs|export)',
  'chat/outbox/crashes',
  'chat/visitor/faults',
  'request-dispatcher/attacks',
].map((name) => `/__tests__/lambdas/${name}\\.test\\.ts$`);

/** Tests against Amazon's DynamoDB Local (Java): the stores, and the chat on top of them. */
const DYNAMODB = [
  'adapters/stores/dynamodb-local',
  'adapters/telegram/slice',
  'chat/operator/(removal|routing)',
  'chat/outbox/(edits|turns)',
].map((name) => `/__tests__/lambdas/${name}\\.test\\.ts$`);

const project = (displayName, tests) => ({
  displayName,
  transform,
  transformIgnorePatterns,
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/cdktf.out/', '<rootDir>/.kite/'],
  ...tests,
});
const ownTemporaryFolder = {
  globalSetup: '<rootDir>/__tests__/run/global-setup.ts',
  globalTeardown: '<rootDir>/__tests__/run/global-teardown.ts',
};
const inFolder = (name) => `<rootDir>/__tests__/${name}/**/*.test.ts`;

/** Unit and contract tests are seconds; the others are asked for by name and need more of the machine. */
module.exports = {
  // Jest would leave a core idle, which is half of a small machine.
  maxWorkers: '100%',
  // Unit tests take well under a second on a quiet machine; this is what a busy one may need, milliseconds.
  testTimeout: 30_000,
  projects: [
    project('unit', {
      ...ownTemporaryFolder,
      moduleNameMapper,
      testMatch: ['<rootDir>/__tests__/**/*.test.ts'],
      testPathIgnorePatterns: [
        '/node_modules/',
        '/__tests__/(e2e|browser)/',
        '/dynamodb-local\\.test\\.ts$',
        ...PROGRAMS,
        ...LONG,
      ],
    }),
    project('long', { ...ownTemporaryFolder, testRegex: LONG }),
    project('programs', { ...ownTemporaryFolder, testRegex: PROGRAMS }),
    project('dynamodb', {
      testRegex: DYNAMODB,
      globalSetup: '<rootDir>/__tests__/lambdas/adapters/stores/global-setup.ts',
      globalTeardown: '<rootDir>/__tests__/lambdas/adapters/stores/global-teardown.ts',
    }),
    project('e2e', { testMatch: [inFolder('e2e')], testPathIgnorePatterns: ['/node_modules/', ...LOCAL] }),
    project('local', { testMatch: LOCAL }),
    project('browser', { testMatch: [inFolder('browser')] }),
  ],
};
