import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..', '..', '..');

/** A bare repository in place of GitHub, and the checkout of somebody who pushes to it. It starts with the files of this one. */
export class Repository {
  /** What builds clone. */
  readonly url: string;
  private readonly checkout: string;

  constructor(folder: string) {
    this.url = join(folder, 'github.git');
    this.checkout = join(folder, 'checkout');
    mkdirSync(this.checkout);
    const files = git(ROOT, 'ls-files', '-z', '--cached', '--others', '--exclude-standard').split('\0');
    for (const file of files.filter((name) => name !== '' && existsSync(join(ROOT, name)))) {
      mkdirSync(dirname(join(this.checkout, file)), { recursive: true });
      cpSync(join(ROOT, file), join(this.checkout, file));
    }
    git(folder, 'init', '--quiet', '--bare', '--initial-branch=main', this.url);
    git(this.checkout, 'init', '--quiet', '--initial-branch=main');
    git(this.checkout, 'remote', 'add', 'origin', this.url);
    this.push('All of it');
  }

  /** Pushes a commit to main in which a file says something else. */
  change(file: string, from: string, to: string): string {
    const path = join(this.checkout, file);
    const text = readFileSync(path, 'utf8');
    if (!text.includes(from)) throw new Error(`${file} does not say ${from}.`);
    writeFileSync(path, text.replace(from, to));
    return this.push(`${file}: ${to.split('\n')[0] ?? ''}`);
  }

  /** Pushes a tag on a commit. */
  tag(name: string, commit: string): void {
    git(this.checkout, 'tag', name, commit);
    git(this.checkout, 'push', '--quiet', 'origin', `refs/tags/${name}`);
  }

  /** Types a line in the checkout. */
  type(line: string): void {
    const { PATH = '' } = process.env;
    execFileSync('bash', ['-c', line], { cwd: this.checkout, env: { PATH, HOME: this.checkout }, stdio: 'pipe' });
  }

  /** The commit that a tag of the bare repository names. */
  pushed(tag: string): string {
    return git(this.url, 'rev-list', '-n', '1', `refs/tags/${tag}`);
  }

  /** The commit before another one; all zeros before the first, as GitHub has it. */
  before(commit: string): string {
    return git(this.checkout, 'log', '--format=%P', '-n', '1', commit) || '0'.repeat(40);
  }

  private push(message: string): string {
    git(this.checkout, 'add', '--all');
    git(this.checkout, 'commit', '--quiet', '--message', message);
    git(this.checkout, 'push', '--quiet', 'origin', 'main');
    return git(this.checkout, 'rev-parse', 'HEAD');
  }
}

function git(folder: string, ...parameters: readonly string[]): string {
  const person = ['-c', 'user.name=Somebody', '-c', 'user.email=somebody@example.com', '-c', 'commit.gpgSign=false'];
  return execFileSync('git', [...person, '-c', 'core.hooksPath=/dev/null', ...parameters], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
  }).trim();
}
