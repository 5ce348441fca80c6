import { PARTS } from './parts.mjs';

const part = process.env.MUTATION_PART ?? 'model';
const { mutate, tests } = PARTS[part];

/** Stryker's settings for one part; `run.mjs` names it. */
export default {
  testRunner: 'mocha',
  plugins: ['@stryker-mutator/mocha-runner'],
  coverageAnalysis: 'perTest',
  mutate,
  mochaOptions: { spec: tests, require: ['./__tests__/mutation/jest-in-mocha.cjs'] },
  reporters: ['clear-text', 'json'],
  jsonReporter: { fileName: `dist/mutation/${part}.json` },
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  tempDirName: 'dist/mutation/work',
  ignorePatterns: ['dist', 'cdktf.out', '.kite', 'coverage', 'docs', 'web', 'buildspecs', '*.tsbuildinfo'],
  concurrency: Number(process.env.MUTATION_PROCESSES ?? 2),
  // How long a test may take beyond what it took without a mutant, milliseconds.
  timeoutMS: 5000,
  disableTypeChecks: false,
  // Constants of modules: each would need everything loaded anew. The tests of a limit's edge are the ones that count.
  ignoreStatic: true,
};
