import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import * as fs from 'node:fs';
import { readEnvironment } from '../config';
import { checkedOutCommit } from './checkout';
import { requiredOptions, runCommand } from './command';
import { checkDrift } from './drift/drift-check';
import { parseIgnoreList } from './drift/ignore-list';
import { BucketMemory } from './drift/memory';
import { planStack } from './drift/terraform';

const IGNORE_LIST = 'drift-ignore.yml';
/** Shorter values are no secrets, and masking them would make the mail unreadable. */
const SHORTEST_SECRET = 8;

/**
 * `check-drift.ts --stacks "kite-build kite-stack" --bucket B --topic ARN --region R --log URL`: compares what is deployed with
 * what was synthesized into cdktf.out, and mails what is new. Ends with exit code 0 if everybody has been told what there is.
 */
runCommand(async (args) => {
  const { stacks, bucket, topic, region, log } = requiredOptions(args, ['stacks', 'bucket', 'topic', 'region', 'log']);
  const sns = new SNSClient();
  await checkDrift({
    stacks: stacks.trim().split(/\s+/),
    plan: (stack) => planStack(stack, 'cdktf.out'),
    ignore: parseIgnoreList(fs.readFileSync(IGNORE_LIST, 'utf8'), IGNORE_LIST),
    memory: new BucketMemory(bucket),
    send: async ({ subject, text }) => {
      await sns.send(new PublishCommand({ TopicArn: topic, Subject: subject, Message: text }));
    },
    details: { commit: checkedOutCommit(), region, log },
    secrets: secretVariables(),
    now: new Date(),
    say: (line) => console.log(line),
  });
});

/** The values that Terraform is given as secret variables. */
function secretVariables(): string[] {
  return Object.entries(readEnvironment())
    .filter(([name]) => name.startsWith('TF_VAR_'))
    .flatMap(([, value]) => (value !== undefined && value.length >= SHORTEST_SECRET ? [value] : []));
}
