import { LambdaClient } from '@aws-sdk/client-lambda';
import { setTimeout } from 'node:timers/promises';
import { checkedOutCommit } from './checkout';
import { Refusal, requiredOptions, runCommand } from './command';
import { ArtifactStore } from './deployment/artifact-store';
import { deployStage } from './deployment/stage-deployment';
import { promotedTag } from './deployment/promotion';

/**
 * `deploy-stage.ts --bucket B --stage dev --function F --lifecycle L --trigger T --initiator I`: brings what was built for the
 * commit checked out here to the two functions of a stage. To prod only a pushed tag may; it never builds.
 */
runCommand(async (args) => {
  const options = requiredOptions(args, ['bucket', 'stage', 'function', 'lifecycle', 'trigger', 'initiator']);
  const commit = checkedOutCommit();
  const label = options.stage === 'prod' ? `tag ${promotedTag(options)}` : options.trigger;
  const result = await deployStage({
    lambda: new LambdaClient(),
    store: ArtifactStore.inBucket(options.bucket),
    pause: () => setTimeout(1000),
    stage: options.stage,
    commit,
    label,
    dispatcherName: options.function,
    lifecycleName: options.lifecycle,
    say: (line) => console.log(line),
  });
  if (result !== 'no functions yet') {
    console.log(`Commit ${commit} is live in ${options.stage}${result === 'already live' ? ' already' : ''}.`);
  } else if (options.stage === 'prod') {
    throw new Refusal('There is no stage prod yet: set PROD_STAGE="true" in .env, deploy kite-stack, and tag again.');
  } else {
    console.log(
      `There is no stage ${options.stage} yet. The build is stored; deploying kite-stack starts with the latest.`,
    );
  }
});
