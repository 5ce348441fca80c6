import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';

jest.setTimeout(120_000);

const ROOT = resolve(__dirname, '../..');
const SOURCES = ['constructs', 'stacks'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file)),
);

/** What the examples take for granted. */
const GIVEN = {
  account: 'AwsAccount',
  app: 'App',
  artifact: 'StoredArtifact',
  certificate: 'Certificate',
  dns: 'Dns',
  fn: 'LiveFunction',
  http: 'HttpStage',
  httpApi: 'HttpApi',
  metric: 'Metric',
  project: 'BuildProject',
  queue: 'DeliveryQueue',
  route: 'AlarmRoute',
  scope: 'Construct',
  settings: 'StackSettings',
  source: 'BuildSource',
  stack: 'TerraformStack',
  state: 'StateLocation',
  token: 'SecretParameter',
  topic: 'NotificationTopic',
  webSocket: 'WebSocketStage',
  webSocketApi: 'WebSocketApi',
};

interface Documented {
  readonly name: string;
  readonly isConstruct: boolean;
  readonly examples: readonly string[];
}

/** The exported classes of a file, with their examples. */
function classesOf(file: string): Documented[] {
  const source = ts.createSourceFile(file, readFileSync(join(ROOT, file), 'utf8'), ts.ScriptTarget.ES2022, true);
  return source.statements.filter(ts.isClassDeclaration).map((declaration) => ({
    name: declaration.name?.text ?? '',
    isConstruct: /extends (Construct|TerraformStack)\b/.test(declaration.getText()),
    examples: ts
      .getJSDocTags(declaration)
      .filter(({ tagName }) => tagName.text === 'example')
      .map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? ''),
  }));
}

/** One module with every example in a function of its own. */
function moduleOf(examples: readonly string[]): string {
  const imports = SOURCES.map((file) => {
    const text = readFileSync(join(ROOT, file), 'utf8');
    const names = [...text.matchAll(/^export (?:class|interface) (\w+)/gm)].map(([, name]) => name);
    return names.length === 0 ? '' : `import { ${names.join(', ')} } from './${file.replace(/\.ts$/, '')}';`;
  });
  return [
    "import { App, Aspects, TerraformStack } from 'cdktf';",
    "import { Construct } from 'constructs';",
    ...imports,
    ...Object.entries(GIVEN).map(([name, type]) => `declare const ${name}: ${type};`),
    ...examples.map((code, i) => `export function example${i}() {\n${code}\n}`),
  ].join('\n');
}

const documented = SOURCES.flatMap(classesOf);

test('every construct and stack has an example', () => {
  const without = documented.filter(({ isConstruct, examples }) => isConstruct && examples.length === 0);
  expect(without.map(({ name }) => name)).toEqual([]);
});

test('every example compiles', () => {
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile).config,
    ts.sys,
    ROOT,
  );
  const file = join(ROOT, 'examples.ts');
  const text = moduleOf(documented.flatMap(({ examples }) => examples));
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.fileExists = (name) => name === file || ts.sys.fileExists(name);
  host.getSourceFile = (name, ...others) =>
    name === file ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2022) : getSourceFile.call(host, name, ...others);
  const program = ts.createProgram([file], { ...options, noEmit: true, noUnusedLocals: false }, host);
  const source = program.getSourceFile(file);
  const problems = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
  expect(problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([]);
});
