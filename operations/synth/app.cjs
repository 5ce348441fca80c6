// Runs `main.ts`, or the script named on the command line, under the fastest runtime on this machine: Bun, which is
// installed for the native build, or else Node.js with tsx. `cdktf.json` names this file as the app. Both runtimes
// synthesize the same bytes; Bun takes about a quarter of the time.
'use strict';
const { spawnSync } = require('node:child_process');
const path = require('node:path');

const ROOT = path.join(__dirname, '../..');
const [script = path.join(ROOT, 'main.ts'), ...parameters] = process.argv.slice(2);
const bun = runnableBun();
// Bun by itself reads `.env` with rules of its own, and installs packages that are missing: settings.ts reads `.env`.
const [runtime, options] = bun
  ? [bun, ['--no-env-file', '--no-install']]
  : [process.execPath, ['--import', require('node:url').pathToFileURL(require.resolve('tsx')).href]];
const { status, signal, error } = spawnSync(runtime, [...options, script, ...parameters], { stdio: 'inherit' });
if (error) throw error;
if (signal) process.kill(process.pid, signal);
process.exitCode = status ?? 1;

/** Bun's executable, or undefined where it is not installed or cannot run: another libc, another processor, a stub. */
function runnableBun() {
  try {
    const file = path.join(path.dirname(require.resolve('bun/package.json')), 'bin', 'bun.exe');
    const { status, stdout } = spawnSync(file, ['--version'], { encoding: 'utf8' });
    return status === 0 && /^\d+\.\d+\.\d+/.test(stdout) ? file : undefined;
  } catch {
    return undefined;
  }
}
