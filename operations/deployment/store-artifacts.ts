import * as fs from 'node:fs';
import * as path from 'node:path';
import { checkedOutCommit, requireCleanCheckout } from '../checkout';
import { Refusal, requiredOptions, runCommand } from '../command';
import { LIFECYCLE, REQUEST_DISPATCHER } from './artifact';
import { ArtifactStore } from './artifact-store';

/** `store-artifacts.ts --bucket B --kind native --arch arm64`: keeps what was just built under the commit checked out here. */
runCommand(async (args) => {
  const { bucket, kind, arch } = requiredOptions(args, ['bucket', 'kind', 'arch']);
  const architecture = kind === 'common' ? 'any' : arch;
  requireCleanCheckout();
  const commit = checkedOutCommit();
  const store = ArtifactStore.inBucket(bucket);
  for (const name of [REQUEST_DISPATCHER, LIFECYCLE]) {
    const file = path.join('dist', 'lambdas', kind, architecture, name.file);
    if (!fs.existsSync(file)) throw new Refusal(`There is no ${file}: run npm run build:lambdas first.`);
    const result = await store.store(name, commit, fs.readFileSync(file), { kind, architecture });
    console.log(`s3://${bucket}/${name.folder}/${commit}/${name.file} ${result}`);
  }
});
