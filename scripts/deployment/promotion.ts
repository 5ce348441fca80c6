import { Refusal } from '../command';

/**
 * The tag that a build was started by.
 *
 * Throws a Refusal for a build that somebody started by hand or that something else than a tag has started: prod takes only
 * what a pushed tag names.
 *
 * @param trigger `CODEBUILD_WEBHOOK_TRIGGER`, for example `tag/v1.2.0`
 * @param initiator `CODEBUILD_INITIATOR`, for example `GitHub-Hookshot/1a2b3c4`
 */
export function promotedTag({ trigger, initiator }: { readonly trigger: string; readonly initiator: string }): string {
  const tag = /^tag\/(.+)$/.exec(trigger)?.[1];
  if (tag === undefined || !initiator.startsWith('GitHub-Hookshot/')) {
    throw new Refusal(
      `Only a pushed tag promotes to prod; this build was started by ${initiator} (${trigger}). ` +
        'Tag the commit and push the tag: git tag v1.2.3 <commit> && git push origin v1.2.3',
    );
  }
  return tag;
}
