import { Testing } from 'cdktf';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { HTTP_ROUTES, WEBSOCKET_ROUTES } from '../../constructs/api/api-routes';
import { fencesOf, inlineCodeOf } from '../readme/markdown';
import { stacks } from '../stacks/main-stacks';

const ROOT = resolve(__dirname, '..', '..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const document = read('docs/architecture.md');
const diagrams = fencesOf(document)
  .filter(({ language }) => language === 'mermaid')
  .map(({ text }) => text);

/** Both stacks with everything that the diagrams show, as Terraform reads them. */
function synthesized(): string {
  const { build, kite } = stacks().main;
  return Testing.synth(build) + Testing.synth(kite);
}

/** The sources of the functions. */
function sources(): string {
  return readdirSync(join(ROOT, 'lambdas'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => read(join('lambdas', file)))
    .join('\n');
}

const all = (pattern: RegExp) => [...new Set(diagrams.flatMap((text) => text.match(pattern) ?? []))];

test('there are diagrams of the stacks, a stage, both directions of a message, and the pipeline', () => {
  expect(diagrams.map((text) => text.split(/\s/, 1)[0])).toEqual([
    'flowchart',
    'flowchart',
    'sequenceDiagram',
    'sequenceDiagram',
    'flowchart',
  ]);
});

test('stacks, projects, functions, queues, tables, keys and topics in the diagrams are deployed', () => {
  const names = all(
    /(?<![\w/.-])(?:\/?[a-z0-9]+[-/])+[a-z0-9]+(?:\.(?:fifo|tfstate))?(?![\w.])|\b(?:dev|prod)\.[A-Z]\w+/g,
  );
  expect(names).toEqual(
    expect.arrayContaining([
      'kite-build',
      'dev-request-dispatcher',
      'dev-delivery.fifo',
      'dev.Messages',
      's3-source-bucket',
    ]),
  );
  const deployed = synthesized() + ' kite-build kite-stack ';
  expect(names.filter((name) => !deployed.includes(name))).toEqual([]);
});

test('the buildspecs in the diagrams are those that the projects run', () => {
  const buildspecs = all(/[\w-]+\.yml/g).sort();
  expect(buildspecs).toEqual(readdirSync(join(ROOT, 'buildspecs')).sort());
});

test('the routes in the diagrams are those of the APIs', () => {
  const routes = [...WEBSOCKET_ROUTES, ...HTTP_ROUTES].map(({ key }) => key);
  const shown = all(/\$[a-z]+|(?:GET|POST) \/\w+/g);
  expect(shown).toEqual(expect.arrayContaining(['$default', 'POST /tg']));
  expect(shown.filter((route) => !routes.includes(route))).toEqual([]);
});

test('the functions that the diagrams name exist', () => {
  const calls = all(/\b\w+(?=\(\))/g);
  expect(calls.length).toBeGreaterThan(10);
  const text = sources();
  expect(calls.filter((name) => !new RegExp(`\\b${name}(?:\\(|: \\()`).test(text))).toEqual([]);
});

test('files and folders that the text names exist', () => {
  const paths = inlineCodeOf(document).filter((code) => /^[\w-]+(?:\/[\w-]*)*(?:\.ts|\.yml|\/)$/.test(code));
  expect(paths.length).toBeGreaterThan(5);
  expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});
