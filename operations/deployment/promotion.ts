import { Refusal } from '../command';

/**
 * The tag that a build was started by.
 *
 * Throws a Refusal for a build that somebody started by hand or that something else than a tag has started: prod takes only
 * what a pushed tag names.
 *
 * @param trigger `CODEBUILD_WEBHOOK_TRIGGER`, for example `tag/v1.2.0`: CodeBuild sets it for builds that a webhook started, and
 * nobody can set a variable of that prefix by hand. https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html
 * @param initiator `CODEBUILD_INITIATOR`: who started the build, to be named in the refusal
 */
export function promotedTag({ trigger, initiator }: { readonly trigger: string; readonly initiator: string }): string {
  const tag = /^tag\/(.+)$/.exec(trigger)?.[1];
  if (tag === undefined) {
    throw new Refusal(
      `Only a pushed tag promotes to prod; this build was started by ${initiator} (${trigger}). ` +
        'Tag the commit and push the tag: git tag v1.2.3 <commit> && git push origin v1.2.3',
    );
  }
  return tag;
}
