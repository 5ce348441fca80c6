import { S3Client } from '@aws-sdk/client-s3';
import { checkedOutCommit } from '../checkout';
import { requiredOptions, runCommand } from '../command';
import { LIFECYCLE, REQUEST_DISPATCHER } from './artifact';
import { ArtifactStore } from './artifact-store';
import { StageTurn } from './stage-turn';

/**
 * `mark-latest.ts --bucket B --stage dev --build ID`: a function that kite-stack makes from now on starts with the build of this
 * commit. A deployment to the stage marks its own build, so this waits for its turn like one.
 */
runCommand(async (args) => {
  const { bucket, stage, build } = requiredOptions(args, ['bucket', 'stage', 'build']);
  const store = ArtifactStore.inBucket(bucket);
  const commit = checkedOutCommit();
  const s3 = new S3Client({ forcePathStyle: true });
  const turn = await StageTurn.take({ s3, bucket, stage, build, say: (line) => console.log(line) });
  try {
    for (const name of [REQUEST_DISPATCHER, LIFECYCLE]) await store.markLatest(name, commit);
  } finally {
    await turn.end();
  }
  console.log(`The build of ${commit} is the latest now.`);
});
