import { checkedOutCommit } from './checkout';
import { requiredOptions, runCommand } from './command';
import { LIFECYCLE, REQUEST_DISPATCHER } from './deployment/artifact';
import { ArtifactStore } from './deployment/artifact-store';

/** `mark-latest.ts --bucket B`: a function that kite-stack makes from now on starts with the build of this commit. */
runCommand(async (args) => {
  const { bucket } = requiredOptions(args, ['bucket']);
  const store = ArtifactStore.inBucket(bucket);
  const commit = checkedOutCommit();
  for (const name of [REQUEST_DISPATCHER, LIFECYCLE]) await store.markLatest(name, commit);
  console.log(`The build of ${commit} is the latest now.`);
});
