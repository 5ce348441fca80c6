import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What CodeBuild downloads before the first phase. */
export interface Source {
  /** Anything that `git clone` takes, also a folder. */
  readonly repository: string;
  /** A branch, a tag or a commit. */
  readonly version: string;
}

/** Clones a repository as CodeBuild does; answers with the commit. Throws an Error with git's words if it cannot. */
export async function download({ repository, version }: Source, folder: string): Promise<string> {
  const git = async (...args: string[]) => (await run('git', args, { encoding: 'utf8' })).stdout.trim();
  await git('clone', '--quiet', '--no-hardlinks', '--no-checkout', repository, folder);
  const commit = await git('-C', folder, 'rev-parse', '--verify', '--quiet', `${version}^{commit}`).catch(() =>
    git('-C', folder, 'rev-parse', '--verify', `origin/${version}^{commit}`),
  );
  await git('-C', folder, 'checkout', '--quiet', '--detach', commit);
  return commit;
}
