import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { setTimeout } from 'node:timers/promises';
import { checkedOutCommit, isAncestor } from '../checkout';
import { Refusal, requiredOptions, runCommand } from '../command';
import { ArtifactStore } from './artifact-store';
import { wantedDeployment } from './deployment';
import { deployInTurn } from './deployment-in-turn';
import { promotedTag } from './promotion';

/**
 * `deploy-stage.ts --bucket B --stage dev --function F --lifecycle L --build ID --started T --trigger T --previous C --initiator I`:
 * brings what was built for the commit checked out here to the two functions of a stage. Only a pushed tag may do so to prod; it
 * never builds. What is live in dev is what a new function starts with.
 */
runCommand(async (args) => {
  const options = requiredOptions(args, [
    ...(['bucket', 'stage', 'function', 'lifecycle'] as const),
    ...(['build', 'started', 'trigger', 'previous', 'initiator'] as const),
  ]);
  const { bucket, stage } = options;
  const commit = checkedOutCommit();
  const label = stage === 'prod' ? `tag ${promotedTag(options)}` : options.trigger;
  const result = await deployInTurn({
    lambda: new LambdaClient(),
    s3: new S3Client({ forcePathStyle: true }),
    bucket,
    store: ArtifactStore.inBucket(bucket),
    pause: () => setTimeout(1000),
    stage,
    wanted: wantedDeployment({ ...options, commit }, isAncestor),
    isAncestor,
    label,
    dispatcherName: options.function,
    lifecycleName: options.lifecycle,
    markLatest: stage !== 'prod',
    say: (line) => console.log(line),
  });
  if (result === 'superseded') return;
  if (result !== 'no functions yet') {
    console.log(`Commit ${commit} is live in ${stage}${result === 'already live' ? ' already' : ''}.`);
  } else if (stage === 'prod') {
    throw new Refusal('There is no stage prod yet: set PROD_STAGE="true" in .env, deploy kite-stack, and tag again.');
  } else {
    console.log(`There is no stage ${stage} yet. The build is stored; deploying kite-stack starts with the latest.`);
  }
});
