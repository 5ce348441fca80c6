import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAncestor } from '../../../operations/checkout';
import { isSuperseded, wantedDeployment, type Deployment } from '../../../operations/deployment/deployment';

/** A clone as CodeBuild makes it: main is `first`, `second`, `third`; `elsewhere` branches off `first` and is in no branch. */
let folder: string;
let first: string;
let second: string;
let third: string;
let elsewhere: string;
const UNKNOWN = 'f'.repeat(40);

function git(...args: string[]): string {
  const person = ['-c', 'user.name=Somebody', '-c', 'user.email=somebody@example.com', '-c', 'commit.gpgSign=false'];
  return execFileSync('git', [...person, ...args], { cwd: folder, encoding: 'utf8', stdio: 'pipe' }).trim();
}

function commit(message: string): string {
  git('commit', '--quiet', '--allow-empty', '--message', message);
  return git('rev-parse', 'HEAD');
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kite-history-'));
  git('init', '--quiet', '--initial-branch=main');
  first = commit('first');
  elsewhere = commit('elsewhere');
  git('reset', '--quiet', '--hard', first);
  second = commit('second');
  third = commit('third');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const inThisClone = (ancestor: string, of: string): boolean => isAncestor(ancestor, of, folder);

const push = (of: string, previous: string, startedAt: number): Deployment =>
  wantedDeployment(
    { commit: of, previous, started: String(startedAt), trigger: 'branch/main', build: `project:${startedAt}` },
    inThisClone,
  );
const byHand = (of: string, startedAt: number): Deployment =>
  wantedDeployment(
    { commit: of, previous: 'none', started: String(startedAt), trigger: 'by hand', build: `project:${startedAt}` },
    inThisClone,
  );
const tag = (of: string, startedAt: number): Deployment =>
  wantedDeployment(
    {
      commit: of,
      previous: '0'.repeat(40),
      started: String(startedAt),
      trigger: 'tag/v1',
      build: `project:${startedAt}`,
    },
    inThisClone,
  );

const superseded = (wanted: Deployment, last: Deployment | undefined) => isSuperseded(wanted, last, inThisClone);

test('the first deployment of a stage has nothing before it', () => {
  expect(superseded(push(first, UNKNOWN, 1), undefined)).toBe(false);
});

describe('two pushes, one soon after the other', () => {
  test('the older commit does not replace the newer one, whichever build was started first', () => {
    expect(superseded(push(second, first, 1), push(third, second, 2))).toBe(true);
    expect(superseded(push(second, first, 3), push(third, second, 2))).toBe(true);
  });

  test('the newer commit replaces the older one, whichever build was started first', () => {
    expect(superseded(push(third, second, 2), push(second, first, 1))).toBe(false);
    expect(superseded(push(third, second, 1), push(second, first, 2))).toBe(false);
  });

  test('a retry of an old build does not replace a newer deployment', () => {
    expect(superseded(push(first, first, 9), push(third, second, 2))).toBe(true);
  });
});

describe('an older commit that is asked for is deployed', () => {
  test('by hand', () => {
    expect(superseded(byHand(first, 3), push(third, second, 2))).toBe(false);
  });

  test('by a forced push, with or without the replaced commits in the clone', () => {
    expect(superseded(push(second, third, 3), push(third, second, 2))).toBe(false);
    expect(superseded(push(second, UNKNOWN, 3), { ...push(third, second, 2), commit: UNKNOWN })).toBe(false);
    expect(superseded(push(third, elsewhere, 3), push(elsewhere, first, 2))).toBe(false);
  });

  test('by a tag', () => {
    expect(superseded(tag(first, 3), tag(third, 2))).toBe(false);
  });

  test('and stays, though a build of a push that was started before ends later', () => {
    expect(superseded(push(third, second, 1), byHand(first, 2))).toBe(true);
    expect(superseded(push(third, second, 1), push(second, UNKNOWN, 2))).toBe(true);
    expect(superseded(tag(third, 1), tag(first, 2))).toBe(true);
  });

  test('until the next push', () => {
    expect(superseded(push(third, second, 3), byHand(first, 2))).toBe(false);
    expect(superseded(push(third, second, 3), push(elsewhere, UNKNOWN, 2))).toBe(false);
  });
});

test('a commit that is there already is tried again', () => {
  expect(superseded(push(third, second, 1), byHand(third, 2))).toBe(false);
});

test('a build that does not say when it was started is refused', () => {
  const facts = { commit: first, previous: 'none', trigger: 'by hand', build: 'b', started: 'soon' };
  expect(() => wantedDeployment(facts, inThisClone)).toThrow('--started is "soon"');
});
