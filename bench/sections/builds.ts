import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildLambdas } from '../../lambdas/build/main';
import { AIMS } from '../aims';
import { against, type Figure } from '../figure';
import { startProgram } from '../process-start';
import type { Section, SectionOptions } from '../section';
import { median } from '../statistics';
import { secondsOf } from '../stopwatch';
import { inTemporaryFolder } from '../temporary-folder';

const run = promisify(execFile);

const PROJECT = join(__dirname, '../..');

/** Synthesis and the function's builds. */
export const builds: Section = {
  name: 'builds',
  title: 'Synthesis and builds',
  measure: (options) => inTemporaryFolder((folder) => measure(folder, options)),
};

async function measure(folder: string, { all, progress }: SectionOptions): Promise<Figure[]> {
  const floors: number[] = [];
  for (let i = 0; i < 5; i += 1) floors.push((await startProgram(process.execPath, ['-e', '0'])).milliseconds / 1000);
  const toFloor = (figure: Figure) => against(figure, 'node -e 0', median(floors));

  progress('synthesis');
  const synths: Synthesis[] = [];
  for (let i = 0; i < 3; i += 1) synths.push(await synthesize(join(folder, `synth${i}`)));
  const middle = (of: (synthesis: Synthesis) => number) => median(synths.map(of));
  const figures: Figure[] = [
    toFloor({
      name: 'All stacks, synthesized in process',
      value: middle(({ synthesis }) => synthesis),
      unit: 's',
      aim: AIMS.synth,
      note: `${(await readdir(join(folder, 'synth0', 'stacks'))).length} stacks`,
    }),
    toFloor({ name: 'cdktf and its bindings, loaded', value: middle(({ loading }) => loading), unit: 's' }),
    toFloor({ name: 'Process that does both, from start to end', value: middle(({ whole }) => whole), unit: 's' }),
  ];

  const architecture = process.arch === 'arm64' ? 'arm64' : 'x86_64';
  const kinds = [
    ['Common build of both functions', { kind: 'common', architecture: 'any' }, undefined],
    [`Native build of both functions, ${architecture}`, { kind: 'native', architecture }, AIMS.nativeBuild],
  ] as const;
  for (const [name, target, aim] of kinds) {
    progress(name);
    const built = await secondsOf(() => buildLambdas({ targets: [target], out: folder, force: true }));
    figures.push(toFloor({ name, value: built, unit: 's', aim }));
    const unchanged = await secondsOf(() => buildLambdas({ targets: [target], out: folder }));
    figures.push(toFloor({ name: `${name}, unchanged sources`, value: unchanged, unit: 's' }));
  }
  if (!all) return figures;

  progress('npm run synth');
  const cli = ['--no-install', 'cdktf', 'synth', '--output', join(folder, 'cli'), '--app', 'npx tsx main.ts'];
  const byCli: number[] = [];
  const byNpm: number[] = [];
  for (let i = 0; i < 3; i += 1) {
    byCli.push(await secondsOf(() => run('npx', cli, { cwd: PROJECT })));
    byNpm.push(await secondsOf(() => run('npm', ['run', 'synth'], { cwd: PROJECT })));
  }
  const command = {
    name: 'All stacks by npm run synth',
    value: median(byNpm),
    unit: 's',
    aim: AIMS.synthCommand,
  } as const;
  return [...figures, against(command, 'cdktf synth with tsx', median(byCli))];
}

/** Seconds. */
interface Synthesis {
  readonly loading: number;
  readonly synthesis: number;
  readonly whole: number;
}

/** Runs main.ts in a process of its own, which tells how long `App` and what is imported took. */
async function synthesize(outdir: string): Promise<Synthesis> {
  const started = performance.now();
  const args = [...process.execArgv, join(__dirname, '..', 'synthesis.ts')];
  const { stdout } = await run(process.execPath, args, { cwd: PROJECT, env: { CDKTF_OUTDIR: outdir } });
  const { loading, synthesis } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Omit<Synthesis, 'whole'>;
  return { loading, synthesis, whole: (performance.now() - started) / 1000 };
}
