import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import * as fs from 'node:fs';
import { readEnvironment } from '../../settings';
import { checkedOutCommit } from '../checkout';
import { requiredOptions, runCommand } from '../command';
import { checkDrift } from './drift-check';
import { parseIgnoreList } from './ignore-list';
import { BucketMemory } from './memory';
import { readSecrets } from './secrets';
import { planStack } from './terraform';

const IGNORE_LIST = 'drift-ignore.yml';
/** Shorter values are no secrets, and masking them would make the mail unreadable. */
const SHORTEST_SECRET = 8;

/**
 * `check-drift.ts --stacks "kite-build kite-stack" --secrets "TF_VAR_A=/a" --bucket B --topic ARN --region R --log URL`: compares
 * what is deployed with what was synthesized into cdktf.out, and mails what is new. Ends with exit code 0 if everybody has been
 * told what there is.
 */
runCommand(async (args) => {
  const names = ['stacks', 'secrets', 'bucket', 'topic', 'region', 'log'] as const;
  const { stacks, secrets, bucket, topic, region, log } = requiredOptions(args, names);
  const environment = { ...readEnvironment(), ...(await readSecrets(secrets)) };
  const sns = new SNSClient();
  await checkDrift({
    stacks: stacks.trim().split(/\s+/),
    plan: (stack) => planStack(stack, 'cdktf.out', { environment }),
    ignore: parseIgnoreList(fs.readFileSync(IGNORE_LIST, 'utf8'), IGNORE_LIST),
    memory: new BucketMemory(bucket),
    send: async ({ subject, text }) => {
      await sns.send(new PublishCommand({ TopicArn: topic, Subject: subject, Message: text }));
    },
    details: { commit: checkedOutCommit(), region, log },
    secrets: secretVariables(environment),
    now: new Date(),
    say: (line) => console.log(line),
  });
});

/** The values that Terraform is given as secret variables. */
function secretVariables(environment: Readonly<Record<string, string>>): string[] {
  return Object.entries(environment)
    .filter(([name, value]) => name.startsWith('TF_VAR_') && value.length >= SHORTEST_SECRET)
    .map(([, value]) => value);
}
