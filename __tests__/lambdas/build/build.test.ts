import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { unzipSync } from 'fflate';
import { buildLambdas } from '../../../lambdas/build/main';
import { compile } from '../../../lambdas/build/executable';
import { checksum } from '../../../lambdas/build/checksum';

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'kite-build-'));
afterAll(() => fs.rmSync(scratch, { recursive: true }));

/** A clone of a small project: two functions with a module between them, at a path of its own. */
function project(name: string): string {
  const folder = path.join(scratch, name, 'kite');
  fs.mkdirSync(path.join(folder, 'lambdas/chat'), { recursive: true });
  fs.symlinkSync(path.resolve(__dirname, '../../../node_modules'), path.join(folder, 'node_modules'));
  fs.writeFileSync(
    path.join(folder, 'lambdas/chat/pong.ts'),
    "export const pong: string = '[\"PONG\"]';\nexport const unused = 'NEVER USED';\n",
  );
  fs.writeFileSync(
    path.join(folder, 'lambdas/late.ts'),
    [
      "import { createHash } from 'node:crypto';",
      "export const late = () => `LOADED LATE ${createHash('sha1').update('kite').digest('hex').slice(0, 4)}`;",
    ].join('\n'),
  );
  fs.writeFileSync(
    path.join(folder, 'lambdas/dispatcher.ts'),
    [
      "import { pong } from './chat/pong';",
      "import { safeParse, string } from 'valibot';",
      'export const handler = async (event: unknown) => ({',
      "  body: safeParse(string(), event).success ? pong : await import('./late.ts').then(({ late }) => late()),",
      '});',
    ].join('\n'),
  );
  return folder;
}

const functions = [{ name: 'function', entry: 'lambdas/dispatcher.ts' }];
const common = [{ kind: 'common', architecture: 'any' }] as const;

test('two clones of one commit give the same zip, whatever the folder, the time and the time zone', async () => {
  const first = await buildLambdas({ targets: common, functions, projectFolder: project('a'), out: 'dist' });
  const second = await buildLambdas({
    targets: common,
    functions,
    projectFolder: project('elsewhere/deeper'),
    out: 'out',
  });
  expect(second[0]?.checksum).toEqual(first[0]?.checksum);

  const program = `require('tsx/cjs'); require('./lambdas/build/main').buildLambdas(${JSON.stringify({ targets: common, functions, projectFolder: project('tokyo'), out: 'dist' })}).then(([made]) => console.log(made.checksum.hex));`;
  const elsewhere = execFileSync(process.execPath, ['-e', program], {
    cwd: path.resolve(__dirname, '../../..'),
    env: { ...process.env, TZ: 'Asia/Tokyo' },
    encoding: 'utf8',
  });
  expect(elsewhere.trim()).toBe(first[0]?.checksum.hex);
}, 30_000);

test('the common zip is minified and tree-shaken, has late imports in files of their own, and its handler answers', async () => {
  const folder = project('content');
  const [made] = await buildLambdas({ targets: common, functions, projectFolder: folder, out: 'dist' });
  expect(made?.file).toBe(path.join(folder, 'dist/lambdas/common/any/function.zip'));
  const files = unzipSync(fs.readFileSync(made!.file));
  expect(Object.keys(files)).toEqual(['index.mjs', expect.stringMatching(/^late-[A-Z0-9]+\.mjs$/)]);
  const codes = Object.values(files).map((content) => Buffer.from(content).toString());
  for (const code of codes) {
    expect(code).not.toContain('NEVER USED');
    expect(code).not.toContain(scratch);
  }
  expect(codes.map((code) => code.includes('LOADED LATE'))).toEqual([false, true]);

  const unpacked = path.join(folder, 'unpacked');
  fs.mkdirSync(unpacked);
  for (const [name, content] of Object.entries(files)) fs.writeFileSync(path.join(unpacked, name), content);
  const program =
    "import('./index.mjs').then(({ handler }) => Promise.all([handler('PING'), handler(1)])).then((all) => console.log(JSON.stringify(all)));";
  const answers = execFileSync(process.execPath, ['-e', program], { cwd: unpacked, encoding: 'utf8' });
  expect(JSON.parse(answers)).toEqual([{ body: '["PONG"]' }, { body: 'LOADED LATE 34e1' }]);
});

test('sha256sum can check what was built, and AWS can compare it', async () => {
  const folder = project('checksums');
  const [made] = await buildLambdas({ targets: common, functions, projectFolder: folder, out: 'dist' });
  const beside = path.dirname(made!.file);
  const sum = createHash('sha256').update(fs.readFileSync(made!.file)).digest('hex');
  expect(fs.readFileSync(path.join(beside, 'function.zip.sha256'), 'utf8')).toBe(`${sum}  function.zip\n`);
  expect(made!.checksum.hex).toBe(sum);
  expect(Buffer.from(made!.checksum.base64, 'base64').toString('hex')).toBe(made!.checksum.hex);
  expect(fs.readdirSync(path.join(beside, 'function.maps'))).toEqual([
    'index.mjs.map',
    expect.stringMatching(/^late-/),
  ]);
});

test('what has not changed is not built again; a changed source, a damaged zip and --force are', async () => {
  const folder = project('again');
  const build = async (force = false) =>
    (await buildLambdas({ targets: common, functions, projectFolder: folder, out: 'dist', force }))[0]!;
  const first = await build();
  expect(first.reused).toBe(false);
  expect(await build()).toMatchObject({ reused: true, checksum: first.checksum });
  expect(await build(true)).toMatchObject({ reused: false, checksum: first.checksum });

  fs.appendFileSync(first.file, 'x');
  expect(await build()).toMatchObject({ reused: false, checksum: first.checksum });

  fs.writeFileSync(path.join(folder, 'lambdas/chat/pong.ts'), 'export const pong = \'["PING"]\';\n');
  const changed = await build();
  expect(changed.reused).toBe(false);
  expect(changed.checksum).not.toEqual(first.checksum);
});

test('a source that does not build is reported with the reason', async () => {
  const folder = project('broken');
  fs.writeFileSync(
    path.join(folder, 'lambdas/dispatcher.ts'),
    "import { x } from './nowhere';\nexport const handler = x;\n",
  );
  const build = buildLambdas({ targets: common, functions, projectFolder: folder, out: 'dist' });
  await expect(build).rejects.toThrow(/^Bundling lambdas\/dispatcher\.ts failed\.[^]*nowhere/);
});

test('two native builds give the same executable, for either architecture', async () => {
  const code = "'use strict';console.log('hello');";
  const [arm, armAgain, intel, intelAgain] = [
    await compile(code, 'arm64'),
    await compile(code, 'arm64'),
    await compile(code, 'x86_64'),
    await compile(code, 'x86_64'),
  ].map((executable) => ({ sum: checksum(executable).hex, machine: executable[18] }));
  expect(armAgain).toEqual(arm);
  expect(intelAgain).toEqual(intel);
  // ELF's e_machine: 183 is AArch64, 62 is x86-64
  expect([arm?.machine, intel?.machine]).toEqual([183, 62]);
}, 60_000);
