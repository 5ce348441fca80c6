import { Refusal } from '../command';

/** A commit that a build has brought to a stage, or wants to. */
export interface Deployment {
  readonly commit: string;
  /** `CODEBUILD_BUILD_ID`. */
  readonly build: string;
  /** When the build was started, in epoch milliseconds: `CODEBUILD_START_TIME`. */
  readonly startedAt: number;
  /**
   * The build was started by a push that only added commits. False for what somebody asked for in another way: by hand, by a
   * tag, by a forced push.
   */
  readonly pushed: boolean;
}

/** Whether a commit is in the history of another one. False if it is not in this clone. */
export type IsAncestor = (ancestor: string, commit: string) => boolean;

/** What a build says of itself, in the words of CodeBuild's variables. */
export interface BuildFacts {
  readonly commit: string;
  readonly build: string;
  readonly started: string;
  /** `CODEBUILD_WEBHOOK_TRIGGER`, for example `branch/main`. */
  readonly trigger: string;
  /** `CODEBUILD_WEBHOOK_PREV_COMMIT`: where the branch was before the push. */
  readonly previous: string;
}

/** The deployment that a build wants. Throws a Refusal if the time of its start is none. */
export function wantedDeployment(facts: BuildFacts, isAncestor: IsAncestor): Deployment {
  const { commit, build, started, trigger, previous } = facts;
  if (!/^\d+$/.test(started)) {
    throw new Refusal(`--started is "${started}": give the start of the build in epoch milliseconds.`);
  }
  const pushed = trigger.startsWith('branch/') && /^[0-9a-f]{40}$/.test(previous) && isAncestor(previous, commit);
  return { commit, build, startedAt: Number(started), pushed };
}

/**
 * Whether what was deployed last is newer than what is wanted now.
 *
 * Of two pushes the commits say which is newer: builds need not begin or end in the order of their pushes. Whatever somebody asked
 * for in another way may well be an older commit; there, the build that was started last wins.
 */
export function isSuperseded(wanted: Deployment, last: Deployment | undefined, isAncestor: IsAncestor): boolean {
  if (last === undefined || last.commit === wanted.commit) return false;
  if (wanted.pushed && last.pushed) {
    if (isAncestor(last.commit, wanted.commit)) return false;
    if (isAncestor(wanted.commit, last.commit)) return true;
  }
  return last.startedAt > wanted.startedAt;
}
