/**
 * Lets mocha run the tests that jest runs. Jest begins anew for every mutant, which takes seconds; mocha keeps everything
 * loaded, so that a mutant takes as long as the tests that reach it.
 */
const { readFileSync } = require('node:fs');
const { _extensions: extensions } = require('node:module');
const { relative } = require('node:path');
const { transformSync } = require('@swc/core');

function compile(module, filename) {
  const { code } = transformSync(readFileSync(filename, 'utf8'), {
    filename,
    sourceMaps: 'inline',
    swcrc: false,
    jsc: { target: 'es2022', parser: { syntax: filename.endsWith('.ts') ? 'typescript' : 'ecmascript' } },
    module: { type: 'commonjs' },
  });
  // Hooks are for the tests of their file.
  const name = JSON.stringify(relative(process.cwd(), filename));
  const wrapped = filename.endsWith('.test.ts') ? `describe(${name}, () => {${code}\n});` : code;
  module._compile(wrapped, filename);
}
extensions['.ts'] = compile;
// Only grammY's build for the web comes this way.
extensions['.mjs'] = compile;

const { expect } = require('expect');
const { bind } = require('jest-each');
const { ModuleMocker } = require('jest-mock');

const mocker = new ModuleMocker(globalThis);
Object.assign(globalThis, {
  expect,
  jest: { setTimeout: () => undefined, spyOn: mocker.spyOn.bind(mocker), fn: mocker.fn.bind(mocker) },
});

/** What mocha calls otherwise, or calls with other parameters. It sets its own names after this file was loaded. */
const alias = (name, of, properties = {}) =>
  Object.defineProperty(globalThis, name, {
    configurable: true,
    get: () =>
      Object.assign(
        (...parameters) => globalThis[of](...parameters.slice(0, name.endsWith('All') ? 1 : 2)),
        properties,
      ),
  });
const test = (title, work) => globalThis.it(title, work);
const describeEach = bind((title, work) => globalThis.describe(title, work));
alias('test', 'it', { each: bind(test) });
alias('beforeAll', 'before');
alias('afterAll', 'after');

/** `describe.each`, on mocha's own `describe`, which is set later. */
let described;
Object.defineProperty(globalThis, 'describe', {
  configurable: true,
  get: () => described,
  set: (value) => {
    described = Object.assign(value, { each: describeEach });
  },
});
