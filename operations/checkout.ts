import { execFileSync, spawnSync } from 'node:child_process';
import { Refusal } from './command';

/** The commit that is checked out here, as 40 hexadecimal digits. Throws a Refusal if this is no git checkout. */
export function checkedOutCommit(folder = '.'): string {
  return git(folder, 'rev-parse', 'HEAD^{commit}');
}

/** Throws a Refusal if the checkout holds anything that its commit does not: a build of it would belong to no commit. */
export function requireCleanCheckout(folder = '.'): void {
  const changes = git(folder, 'status', '--porcelain');
  if (changes !== '') {
    throw new Refusal(`The checkout is not clean, so what was built here belongs to no commit:\n${changes}`);
  }
}

/** Whether a commit is in the history of another one. False if this clone does not have it. */
export function isAncestor(ancestor: string, commit: string, folder = '.'): boolean {
  const args = ['merge-base', '--is-ancestor', ancestor, commit];
  const { status, error } = spawnSync('git', args, { cwd: folder, stdio: 'ignore' });
  if (error) throw error;
  return status === 0;
}

function git(folder: string, ...args: string[]): string {
  try {
    return execFileSync('git', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw new Refusal(`git ${args.join(' ')} failed: ${stderr?.trim() || String(error)}`);
  }
}
