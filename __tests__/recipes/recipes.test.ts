import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { fencesOf } from '../readme/markdown';
import { changesOf, copyRepository } from './recipe';

jest.setTimeout(120_000);

const ROOT = resolve(__dirname, '..', '..');
const RECIPES = ['Add a route', 'Add a command', 'Add a stack'];

const fences = fencesOf(readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8'));
const changes = (recipe: string) => changesOf(fences.filter(({ headings }) => headings.at(-1) === recipe));
const files = [...new Set(RECIPES.flatMap((recipe) => changes(recipe).map(({ file }) => file)))];

/** A copy of the repository with the changes of all recipes. */
let copy: string;
beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'kite-recipes-'));
  copyRepository(ROOT, copy);
  for (const recipe of RECIPES) for (const change of changes(recipe)) change.apply(copy);
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** Runs a program of the dependencies in the copy. */
function run(program: string, ...parameters: readonly string[]): SpawnSyncReturns<string> {
  const { PATH = '', HOME = '' } = process.env;
  return spawnSync(process.execPath, [join(copy, 'node_modules', program), ...parameters], {
    cwd: copy,
    encoding: 'utf8',
    env: { PATH, HOME },
  });
}

test('every block of code in CONTRIBUTING.md belongs to a recipe', () => {
  const told = changesOf(fences).length;
  expect(told).toBe(RECIPES.flatMap((recipe) => changes(recipe)).length);
  expect(told).toBe(fences.length);
});

test('the tests of the recipes pass: a frame, a command and a stack that were not there before', () => {
  const tests = files.filter((file) => file.endsWith('.test.ts'));
  expect(tests).toHaveLength(RECIPES.length);
  const jest = run('jest/bin/jest.js', '--selectProjects=unit', '--json', '--runTestsByPath', ...tests);
  const report = JSON.parse(jest.stdout || '{}') as { numPassedTests?: number };
  expect({ status: jest.status, passed: report.numPassedTests, said: jest.status === 0 ? '' : jest.stderr }).toEqual({
    status: 0,
    passed: 5,
    said: '',
  });
});

test('main.ts declares the new stack', () => {
  mkdirSync(join(copy, 'elsewhere'));
  const { PATH = '', HOME = '' } = process.env;
  const synth = spawnSync(process.execPath, [join(copy, 'operations/synth/app.cjs')], {
    cwd: join(copy, 'elsewhere'),
    encoding: 'utf8',
    env: { PATH, HOME },
  });
  expect({ status: synth.status, stderr: synth.stderr }).toEqual({ status: 0, stderr: '' });
  const manifest = readFileSync(join(copy, 'elsewhere', 'cdktf.out', 'manifest.json'), 'utf8');
  expect(Object.keys((JSON.parse(manifest) as { stacks: object }).stacks)).toContain('kite-exports');
});

test('the code of the recipes compiles, is formatted, and passes the lint', () => {
  const sources = files.filter((file) => file.endsWith('.ts'));
  // These and what they import: the rest is the business of `npm run compile`.
  const project = { extends: './tsconfig.json', include: [], files: sources };
  writeFileSync(join(copy, 'tsconfig.recipes.json'), JSON.stringify(project));
  const compiler = run('typescript/bin/tsc', '-p', 'tsconfig.recipes.json');
  const errors = compiler.stdout.split('\n').filter((line) => sources.some((file) => line.startsWith(file)));
  expect(errors).toEqual([]);
  const format = run('prettier/bin/prettier.cjs', '--check', ...sources);
  expect({ status: format.status, said: format.status === 0 ? '' : format.stderr }).toEqual({ status: 0, said: '' });
  const style = run('eslint/bin/eslint.js', ...sources);
  expect({ status: style.status, said: style.stdout }).toEqual({ status: 0, said: '' });
});
