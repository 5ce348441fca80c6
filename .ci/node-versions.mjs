// Runs the unit tests and `npm start` with each Node.js that package.json's `engines` promises, whatever this machine has.
// `node .ci/node-versions.mjs 22` runs one of them. The npm packages node-<platform>-<processor> hold the programs.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const VERSIONS = ['20.19', '22', '24'];

const asked = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'kite-node-'));
try {
  for (const version of asked.length > 0 ? asked : VERSIONS) {
    const own = join(folder, version);
    const name = `node-${process.platform}-${process.arch}`;
    run('npm', ['install', '--prefix', own, '--no-save', '--no-audit', '--no-fund', `${name}@${version}`]);
    const bin = join(own, 'node_modules', name, 'bin');
    const env = { ...process.env, PATH: bin + delimiter + process.env.PATH };
    run(join(bin, 'node'), ['--version'], env);
    run(
      join(bin, 'node'),
      ['node_modules/jest/bin/jest.js', '--selectProjects', 'unit', '--reporters', 'summary'],
      env,
    );
    run(join(bin, 'node'), ['.ci/start-answers.mjs'], env);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function run(program, parameters, env = process.env) {
  const { status, error } = spawnSync(program, parameters, { stdio: 'inherit', env });
  if (error) throw error;
  if (status !== 0) {
    console.error(`${program} ${parameters.join(' ')} ended with ${status}.`);
    process.exit(1);
  }
}
